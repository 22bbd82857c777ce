import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs'
import { FormatError } from './errors.ts'
import { type ByteSource, checkRange, formatError } from './source.ts'

/**
 * A regular file as a source. Reads are positional (`pread`), so two sources of one file never disturb each other.
 * @param name the name in messages. The default is the path as given, which tells apart two files with the same base
 * name.
 * @throws {FormatError} UNSUPPORTED for a directory, a pipe or a device, because they have no size to read at;
 * the system's own error when it cannot open the file
 */
export function fileSource(path: string, name: string = path): ByteSource {
  // Without O_NONBLOCK, `open` of a named pipe waits for a writer, possibly for ever.
  const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  const stat = fstatSync(descriptor)
  if (!stat.isFile()) {
    closeSync(descriptor)
    throw new FormatError('UNSUPPORTED', 'only a regular file can be read at any offset', {
      source: name,
      structure: kindOf(stat),
      offset: 0,
    })
  }
  const readAt = (target: Uint8Array, start: number, length: number, position: number): number => {
    try {
      return readSync(descriptor, target, start, length, position)
    } catch (error) {
      throw formatError('IO', `the system cannot read it: ${(error as Error).message}`, source, {
        structure: 'file',
        offset: position,
      })
    }
  }
  const source: ByteSource = {
    name,
    size: stat.size,
    origin: { kind: 'root' },
    read(offset, length) {
      checkRange(source, offset, length)
      const bytes = new Uint8Array(length)
      source.readInto(bytes, offset, length)
      return bytes
    },
    readInto(target, offset, length) {
      checkRange(source, offset, length)
      for (let done = 0; done < length; ) {
        const count = readAt(target, done, length - done, offset + done)
        if (count === 0) {
          throw formatError('TRUNCATED', 'the file became shorter while it was read', source, {
            structure: 'file',
            offset: offset + done,
          })
        }
        done += count
      }
    },
    close() {
      closeSync(descriptor)
    },
  }
  return source
}

function kindOf(stat: Stats): string {
  if (stat.isDirectory()) return 'directory'
  if (stat.isFIFO()) return 'named pipe'
  if (stat.isSocket()) return 'socket'
  return 'device'
}
