/** In place of a number: none. */
export const NONE = -1

/**
 * The members of all archives in columns, in the order in which they lie. Offsets are those of the unpacked source.
 */
export class Members {
  readonly starts: number[] = []
  /** Where the content begins. */
  readonly dataStarts: number[] = []
  /** Where the next member begins, and at most the end of the part. */
  readonly ends: number[] = []
  /** Bytes of content that are there. */
  readonly sizes: number[] = []
  /** The number of the archive. */
  readonly archives: number[] = []
  /** The group of hard links that it belongs to, or NONE. */
  readonly links: number[] = []
  /** The node of the tree that it describes, or NONE. */
  readonly nodes: number[] = []
  /** The member that described the same node before, or NONE. */
  readonly previous: number[] = []
  /** What its bytes are if they belong to no entry, by member. */
  readonly structures = new Map<number, string>()
  /** The members whose headers have a sum of their content. */
  readonly summed: number[] = []

  get count(): number {
    return this.starts.length
  }

  /** Adds a member, which describes no node yet, and returns its number. */
  add(start: number, dataStart: number, end: number, size: number, archive: number, link: number): number {
    this.starts.push(start)
    this.dataStarts.push(dataStart)
    this.ends.push(end)
    this.sizes.push(size)
    this.archives.push(archive)
    this.links.push(link)
    this.nodes.push(NONE)
    this.previous.push(NONE)
    return this.count - 1
  }
}
