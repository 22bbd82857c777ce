import { type ByteString, byteStringOfText } from '../../parsers/bytes/byte-string.ts'
import { partNamed } from '../images/image-parts.ts'
import { allNestedProblems, type OpenImage, problemsOf } from '../images/open-image.ts'
import { type Resolved, resolvePath } from '../images/resolve-path.ts'
import { printable, unescaped } from '../present/text/printable.ts'
import { UsageError } from './exit-codes.ts'
import { nearPath } from './near-path.ts'
import { printCutShort } from './print-problems.ts'

/**
 * The entry at a path, or in a store path by its name if the image has no such path.
 * @throws {UsageError} with the part of the path that exists, or with the store paths that match
 */
export async function resolveTyped(open: OpenImage, typed: string): Promise<Resolved> {
  const path = normalPath(typed)
  const found = existingAt(open, path)
  if (found !== undefined) return found
  // We load this only if it is needed: a listing takes hardly longer than the program takes to load.
  const { pathByOwner } = await import('./named-owner.ts')
  return resolveNamed(open, pathByOwner(open, typed) ?? path, typed)
}

/**
 * The entry at a path.
 * @param typed what the user typed, to guess what was meant
 * @throws {UsageError} with the part of the path that exists
 */
export function resolveNamed(open: OpenImage, path: ByteString, typed = ''): Resolved {
  const found = existingAt(open, path)
  if (found !== undefined) return found
  // If an image inside is damaged, that explains better why the path does not exist.
  const [problem] = allNestedProblems(open)
  if (problem !== undefined) throw problem
  printCutShort(problemsOf(open).warnings)
  const missingBytes = missingPart(open, path)
  const missing = printable(missingBytes)
  if (partNamed(open.image, missingBytes) !== undefined) {
    throw new UsageError(`${open.file.name}: ${missing} holds no image to look into`)
  }
  throw new UsageError(
    missing.endsWith('/')
      ? `${open.file.name}: ${missing} is a file, and holds no image to look into`
      : `${open.file.name}: no ${missing} in it${nearPath(open, missingBytes, typed)}`,
  )
}

/** The entry at a path, or at what the path stands for with escapes; undefined if there is none. */
export function existingAt(open: OpenImage, path: ByteString): Resolved | undefined {
  const found = resolvePath(open, path)
  if (!('missing' in found)) return found
  // Users cannot type a name that is not UTF-8, so they may give it as the listing shows it.
  const escaped = resolvePath(open, unescaped(path))
  return 'missing' in escaped ? undefined : escaped
}

function missingPart(open: OpenImage, path: ByteString): ByteString {
  const found = resolvePath(open, path)
  return 'missing' in found ? found.missing : path
}

/** A path as typed, with one slash before each name, as in the listing. */
export function normalPath(text: string): ByteString {
  const names = byteStringOfText(text)
    .split('/')
    .filter((name) => name !== '' && name !== '.')
  return `/${names.join('/')}${names.length > 0 && text.endsWith('/') ? '/' : ''}`
}
