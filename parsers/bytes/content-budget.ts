import type { LimitName, Limits } from './limits.ts'

/** Any image may have this much content, however small it is. */
const CONTENT_FLOOR = 2 ** 30

/** Bytes of content that we may still read from an image and from the images inside it. */
export interface ContentBudget {
  left: number
  readonly limit: LimitName
}

/** The most that we read from an image of `size` bytes. */
export function contentBudget(limits: Limits, size: number): ContentBudget {
  const expanded = Math.max(CONTENT_FLOOR, size * limits.expansion)
  return expanded < limits.unpacked
    ? { left: expanded, limit: 'expansion' }
    : { left: limits.unpacked, limit: 'unpacked' }
}
