import type { RemoteFile } from './remote-file.ts'

/** What a user opens: a path or a URL, a file on a server, or in a browser a file that the user chose. */
export type ImageFile = string | RemoteFile | ChosenFile

/** The parts of a browser's `File` that we use. It can be sent to other threads. */
export interface ChosenFile {
  readonly name: string
  /** In bytes. */
  readonly size: number
  /** In milliseconds since 1970. */
  readonly lastModified: number
  slice(start: number, end: number): unknown
}
