import { FormatError } from '../../../parsers/bytes/errors.ts'
import type { ByteSource } from '../../../parsers/bytes/source.ts'
import { contentIdentity } from '../../images/content-identity.ts'
import type { Survey } from '../../inventory/survey.ts'
import { fileSource } from '../../platform/node/file-source.ts'
import { imageFileOf } from '../image-file.ts'
import { systemReason } from '../open.ts'
import { sizeOf } from '../option-values.ts'

/** An image file by its bytes. */
export interface Identified {
  readonly identity: string
  /** In bytes. */
  readonly size: number
}

/**
 * The identity of an image, or why it has none: it is damaged, or the system does not give it. Its report will say better
 * what is wrong with it.
 */
export function identityOf(
  name: string,
  survey: Survey,
  { offset }: { readonly offset?: string | undefined },
): Identified | Error {
  let file: ByteSource | undefined
  try {
    file = fileSource(imageFileOf(name), name)
    const start = offset === undefined ? 0 : sizeOf('offset', offset)
    return { identity: contentIdentity(file, start, () => survey.open), size: file.size }
  } catch (error) {
    if (error instanceof FormatError || systemReason(error) !== undefined) return error as Error
    throw error
  } finally {
    file?.close()
  }
}
