/** What a user opens. In Node it is a path, and in a browser a file that the user chose. */
export type ImageFile = string | ChosenFile

/** The parts of a browser's `File` that we use. It can be sent to other threads. */
export interface ChosenFile {
  readonly name: string
  /** In bytes. */
  readonly size: number
  /** In milliseconds since 1970. */
  readonly lastModified: number
  slice(start: number, end: number): unknown
}
