import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { diskUsage } from '../../src/analyses/disk-usage.ts'
import { type ListedEntry, listing } from '../../src/analyses/listing.ts'
import { type OpenImage, openImage } from '../../src/images/open-image.ts'
import { type Resolved, resolvePath } from '../../src/images/resolve-path.ts'
import { sectionsText } from '../../src/present/text/sections.ts'
import type { Unit } from '../../src/present/units.ts'
import { diskUsageView } from '../../src/views/disk-usage.ts'
import { listingView } from '../../src/views/listing.ts'

const MINI = fileURLToPath(new URL('../../fixtures/images/mini.iso', import.meta.url))
const FOLDER = '/nix-store.squashfs'

let open: OpenImage
beforeAll(() => {
  open = openImage(MINI)
})
afterAll(() => open.close())

function at(path: string): Resolved {
  const found = resolvePath(open, path)
  if ('missing' in found) throw new Error(`no ${found.missing}`)
  return found
}

function long(width: number, unit: Unit = 'iec', unicode = true): string[] {
  return drawn([...listing(at(FOLDER), true)], width, unit, unicode)
}

function drawn(entries: readonly ListedEntry[], width: number, unit: Unit, unicode = true): string[] {
  const { sections } = listingView(() => entries, { folder: FOLDER, isLong: true })
  return sectionsText(sections(), { style: { width, color: false, unicode }, unit, fullPaths: false })
    .trimEnd()
    .split('\n')
}

describe.each([60, 80, 120])('within %d columns', (width) => {
  it.each(['iec', 'bytes'] as const)('a long listing, sizes as %s', (unit) => {
    const lines = long(width, unit)
    expect(lines.length).toBeGreaterThan(200)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width)
  })

  it('what entries take', () => {
    const usage = diskUsage(at(FOLDER), true, 'stored')
    const style = { width, color: false, unicode: true }
    const { sections } = diskUsageView(usage, { nested: true, folder: FOLDER, choice: { top: 0, min: 0 } })
    const text = sectionsText(sections(), { style, unit: 'bytes', fullPaths: false })
    const lines = text.trimEnd().split('\n')
    expect(lines.length).toBeGreaterThan(100)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width)
  })
})

describe('a long listing', () => {
  it('names its directory once on a terminal, and is whole elsewhere', () => {
    const [title, heading, first] = long(80)
    expect(title).toBe(`${FOLDER}/`)
    expect(heading).toMatch(/^MODE +OWNER +SIZE +STORED +TIME \(UTC\) +NAME$/)
    expect(first).toMatch(/ 041wsf8byc\S*…\S*system-units$/)
    const [header, line] = long(Number.POSITIVE_INFINITY)
    expect(header).toMatch(/^MODE +OWNER/)
    expect(line).toMatch(/ \/nix-store\.squashfs\/041wsf8byck8zjvkr6kwnn11nj38slik-system-units$/)
  })

  it('goes without times and owners on a narrow terminal', () => {
    expect(long(60)[1]).toMatch(/^MODE +OWNER +SIZE +STORED +NAME$/)
    expect(long(40)[1]).toMatch(/^MODE +SIZE +STORED +NAME$/)
  })

  it('keeps the name of a link before its target', () => {
    const wide = long(120).find((line) => / l4s08k/.test(line))
    expect(wide).toMatch(/ l4s08kngx5labsk2l83r37lk8j1q3i98-localtime -> .*…/)
    expect(long(80).find((line) => / l4s08k/.test(line))).toMatch(/ l4s08k\S*…/)
  })

  it('is ASCII where the locale is', () => {
    const text = long(80, 'iec', false).join('')
    expect(text).toMatch(/~/)
    expect(/[…–]/.exec(text)?.[0]).toBeUndefined()
  })

  it('keeps the widths of its first lines', () => {
    const entries = [...listing(at(FOLDER), true)]
    const many = Array.from({ length: 1200 }, (_, index) => entries[index % entries.length]!)
    const lines = drawn(many, 80, 'iec').slice(2)
    expect(lines).toHaveLength(1200)
    expect(lines[1100]).toBe(lines[1100 % entries.length])
  })
})
