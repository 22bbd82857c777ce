import { asFormatError } from '../../parsers/bytes/errors.ts'
import { fileSource } from '../../parsers/bytes/file-source.ts'
import { sliceSource } from '../../parsers/bytes/source.ts'
import { UnrecognisedFile } from '../../parsers/detect/find-image.ts'

/**
 * An error as its user is to see it: that of a file in which no image was found says what it is instead, and what can be
 * done with it. All others are returned as they are.
 */
export async function explained(error: unknown): Promise<unknown> {
  if (!(error instanceof UnrecognisedFile)) return error
  // Only here: to know all kinds of files takes as long to load as all else.
  const { nameFile } = await import('../../parsers/detect/name-file.ts')
  const { path, start } = error
  const file = fileSource(path)
  try {
    return nameFile(start === 0 ? file : sliceSource(file, start, file.size - start, file.name), path)
  } catch (failure) {
    // The disk cannot be read, or the file became shorter.
    return asFormatError(failure)
  } finally {
    file.close()
  }
}
