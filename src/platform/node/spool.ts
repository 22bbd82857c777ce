import { type ByteSource, checkRange, formatError, type Origin } from '../../../parsers/bytes/source.ts'
import { ChunkList, type Spool } from '../../../parsers/bytes/spool.ts'
import { TemporaryFile } from './temporary-file.ts'

/** Bytes that stay in memory. Most initrds that distributions write unpack to more, most of other tools to less. */
const IN_MEMORY = 64 << 20

/**
 * A spool that keeps its first 64 MiB in memory. If there are more, all go to a temporary file.
 * @param inMemory bytes from which on it uses a file
 */
export function systemSpool(inMemory: number = IN_MEMORY): Spool {
  const chunks = new ChunkList()
  let file: TemporaryFile | undefined
  let size = 0
  const append = (to: TemporaryFile, bytes: Uint8Array): void => {
    to.write(bytes, size)
    size += bytes.length
  }
  return {
    capacity: Number.POSITIVE_INFINITY,
    write(bytes) {
      if (file === undefined && chunks.size + bytes.length <= inMemory) {
        chunks.append(bytes)
        return
      }
      if (file === undefined) {
        file = new TemporaryFile()
        let left = chunks.size
        for (const chunk of chunks.chunks) {
          append(file, chunk.subarray(0, left))
          left -= chunk.length
        }
        chunks.clear()
      }
      append(file, bytes)
    },
    finish: (name, origin) =>
      file === undefined ? chunks.source(name, origin) : temporarySource(file, size, name, origin),
    discard() {
      chunks.clear()
      file?.close()
    },
  }
}

function temporarySource(file: TemporaryFile, size: number, name: string, origin: Origin): ByteSource {
  const source: ByteSource = {
    name,
    size,
    origin,
    read(offset, length) {
      checkRange(source, offset, length)
      const bytes = new Uint8Array(length)
      source.readInto(bytes, offset, length)
      return bytes
    },
    readInto(target, offset, length) {
      checkRange(source, offset, length)
      try {
        file.readInto(target, offset, length)
      } catch (error) {
        const detail = `the system cannot read the temporary file: ${(error as Error).message}`
        throw formatError('IO', detail, source, { structure: 'file', offset })
      }
    },
    close: () => file.close(),
  }
  return source
}
