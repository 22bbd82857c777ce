/** A structure of another file system that lies over the same disc. Bytes from the start of the source. */
export interface ForeignStructure {
  readonly offset: number
  readonly length: number
  /** With the name of the file system first: "HFS+ catalog file". */
  readonly name: string
}
