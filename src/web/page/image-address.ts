import { isUrl } from '../../platform/remote-file.ts'

// The address of the page for URLs: "url.html#https://example.org/nixos.iso", of two images the older one first, and then
// what the reader sees. A URL has no "#" but before its fragment, which means nothing to a server.

/** What an address says. */
export interface ImageAddress {
  /** URLs of images. */
  readonly urls: readonly string[]
  /** What the reader sees in them. */
  readonly state: string
}

/** @param fragment what stands after the first "#" */
export function readAddress(fragment: string): ImageAddress {
  const parts = fragment.split('#')
  const count = parts.slice(0, 2).filter(isUrl).length
  return { urls: parts.slice(0, count), state: parts.slice(count).join('#') }
}

/** The fragment that `readAddress` reads. */
export function addressText({ urls, state }: ImageAddress): string {
  return [...urls.map((url) => url.replace(/#.*/s, '')), ...(state === '' ? [] : [state])].join('#')
}
