/** A file of the cache. */
export interface CachedFile {
  readonly name: string
  readonly path: string
  /** In bytes. */
  readonly size: number
  /** When it was written, in milliseconds since 1970. */
  readonly time: number
}
