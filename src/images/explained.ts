import { fileSource } from '#platform/file-source'
import { asFormatError } from '../../parsers/bytes/errors.ts'
import { sliceSource } from '../../parsers/bytes/source.ts'
import { UnrecognisedFile } from '../../parsers/detect/find-image.ts'
import type { ImageFile } from '../platform/image-file.ts'

/**
 * The error that we show to the user. If we found no image in a file, it says what the file is instead, and what to do
 * with it. All other errors stay as they are.
 * @param from the file if its name in messages is not its path
 */
export async function explained(error: unknown, from?: ImageFile): Promise<unknown> {
  if (!(error instanceof UnrecognisedFile)) return error
  // We import this only here, because the list of all kinds of files takes as long to load as everything else.
  const { nameFile } = await import('../../parsers/detect/name-file.ts')
  const { path, start } = error
  const file = fileSource(from ?? path, path)
  try {
    return nameFile(start === 0 ? file : sliceSource(file, start, file.size - start, file.name), path)
  } catch (failure) {
    // We cannot read the disk, or the file became shorter.
    return asFormatError(failure)
  } finally {
    file.close()
  }
}
