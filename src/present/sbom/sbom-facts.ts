/** What a bill of materials says besides what the image says. */
export interface SbomFacts {
  /** The version of isoscope. */
  readonly version: string
  /** The SHA-256 of the image file, in hexadecimal; absent for a saved report, which does not have the file. */
  readonly sha256?: string | undefined
}

/** The name of an image file without the directories before it, which are those of one computer. */
export function fileName(name: string): string {
  return name.replace(/^.*[/\\]/s, '')
}
