import type { ImageFile } from './image-file.ts'

/** Memory of two threads, in which one asks for pages of a file and the other answers. It can be sent to other threads. */
export interface PageChannel {
  /** The state, and how many bytes the answer has. */
  readonly flags: SharedArrayBuffer
  /** Size of the file, the first and the last page that are asked for, and the length of the text. */
  readonly numbers: SharedArrayBuffer
  readonly bytes: SharedArrayBuffer
  /** The stamp of the file, or an error as JSON. */
  readonly text: SharedArrayBuffer
  /** Goes up while the thread that answers lives. All channels to a thread have one. */
  readonly life: SharedArrayBuffer
}

/** A file that one thread reads for others. */
export interface SharedFile {
  /** In bytes. */
  readonly size: number
  readonly channel: PageChannel
}

/** A file as another thread opens it. */
export type ThreadFile = ImageFile | SharedFile
