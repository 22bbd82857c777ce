import type { ByteSource } from '../../../parsers/bytes/source.ts'
import type { ImageFile } from '../image-file.ts'
import type { ThreadFile } from '../shared-file.ts'
import { fileSource, remoteFile } from './file-source.ts'
import { sharedHttpFile, sharedSource } from './http-source.ts'

/** The file for one other thread. Of a file on a server this thread's pages are those of the others, too. */
export function forThread(file: ImageFile): ThreadFile {
  const remote = remoteFile(file)
  return remote === undefined ? file : sharedHttpFile(remote)
}

/** Whether this thread reads the file for other ones. */
export function readsForThreads(file: ImageFile): boolean {
  return remoteFile(file) !== undefined
}

/** Its bytes, in that thread. */
export function threadSource(file: ThreadFile, name: string): ByteSource {
  return typeof file === 'object' && 'channel' in file ? sharedSource(file, name) : fileSource(file, name)
}
