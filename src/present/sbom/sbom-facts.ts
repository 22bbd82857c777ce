/** What a bill of materials says besides what the image says. */
export interface SbomFacts {
  /** The name of the image, without the directories of one computer. */
  readonly name: string
  /** The SHA-256 of the image file, in hexadecimal; absent for a saved report, which does not have the file. */
  readonly sha256?: string | undefined
  /** The version of isoscope. */
  readonly version: string
}
