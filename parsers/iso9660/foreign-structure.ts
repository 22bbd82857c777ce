/** A structure of another file system on the same disc. Bytes from the start of the source. */
export interface ForeignStructure {
  readonly offset: number
  readonly length: number
  /** Its name, which begins with the file system: "HFS+ catalog file". */
  readonly name: string
}
