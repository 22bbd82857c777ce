import type { CachedFile } from '../cached-file.ts'

/** The limit for all files of a cache together, in bytes. */
const MAX_FILES = 1 << 26

/** Cached files by directory and name, the oldest first. They last as long as the page, which writes nothing to disk. */
const caches = new Map<string, Map<string, { readonly bytes: Uint8Array; readonly time: number }>>()

/** Reads a file of a cache, or its first bytes; undefined if there is none. */
export function readCached(directory: string, name: string, most = Number.POSITIVE_INFINITY): Uint8Array | undefined {
  return caches.get(directory)?.get(name)?.bytes.subarray(0, most)
}

/** Writes a file of a cache, and removes the oldest ones until the rest fits the limit. */
export function writeCached(directory: string, name: string, bytes: Uint8Array): void {
  if (bytes.length > MAX_FILES) return
  const cache = caches.get(directory) ?? new Map()
  caches.set(directory, cache)
  cache.delete(name)
  cache.set(name, { bytes, time: Date.now() })
  let total = 0
  for (const { name: each, size } of cachedFiles(directory)) {
    total += size
    if (total > MAX_FILES) cache.delete(each)
  }
}

/** The files of a cache, the newest first. */
export function cachedFiles(directory: string): readonly CachedFile[] {
  const cache = [...(caches.get(directory) ?? [])].reverse()
  return cache.map(([name, { bytes, time }]) => ({ name, path: name, size: bytes.length, time }))
}

/** Removes all files of a cache, and returns them. */
export function clearCache(directory: string): readonly CachedFile[] {
  const files = cachedFiles(directory)
  caches.delete(directory)
  return files
}
