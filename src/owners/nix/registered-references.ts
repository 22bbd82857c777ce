import { type ByteString, quoted } from '../../../parsers/bytes/byte-string.ts'
import type { FormatError } from '../../../parsers/bytes/errors.ts'
import { atLimit } from '../../../parsers/bytes/limits.ts'
import { formatError } from '../../../parsers/bytes/source.ts'
import type { Entry } from '../../../parsers/image.ts'
import { referenceGraph } from '../../graph/reference-graph.ts'
import { contentSource } from '../../images/content-reader.ts'
import type { OpenImage } from '../../images/open-image.ts'
import { childrenOf } from '../../images/resolve-path.ts'
import type { References } from '../references.ts'
import { type Registration, readRegistration } from './registration.ts'

/** Nix's name for the registration, at the root of a squashfs, or of an ISO that holds the store itself. */
const REGISTRATION = 'nix-path-registration'
/** Hashes do not compress. A registration is never packed to this part of its size; one that is holds zeros or the like. */
const MOST_PACKED = 64
/** Up to this size, a registration may compress to any size. */
const SMALL = 1 << 20
/** How many warnings of one kind we report. */
const MAX_WARNINGS = 20

/** The registration of the first image that has one. */
export function findRegistration(
  images: readonly OpenImage[],
): { readonly open: OpenImage; readonly entry: Entry } | undefined {
  for (const holder of images) {
    const root = holder.image.tree.entry(0)
    const entry = childrenOf(holder.image, root).find(({ name, type }) => name === REGISTRATION && type === 'file')
    if (entry !== undefined) return { open: holder, entry }
  }
  return undefined
}

/**
 * The references that the image's registration states.
 * @param images the image and all images inside it
 * @param storePaths base names of the paths in it
 * @returns undefined if the image has no registration
 * @throws {FormatError} if we cannot read it
 */
export function registeredReferences(
  images: readonly OpenImage[],
  storePaths: ReadonlySet<ByteString>,
): References | undefined {
  const found = findRegistration(images)
  if (found === undefined) return undefined
  const source = contentSource(found.open.reader, found.entry)
  const { limits } = found.open.reader
  if (source.size > limits.registration) {
    throw formatError('LIMIT', 'is larger than a registration may be', source, {
      structure: REGISTRATION,
      offset: 0,
      found: `${source.size} bytes`,
      expected: `at most ${limits.registration}`,
      ...atLimit(limits, 'registration'),
    })
  }
  const most = Math.max(SMALL, MOST_PACKED * storedBytes(found.open, found.entry))
  if (source.size > most) {
    throw formatError('MALFORMED', 'is compressed more than a registration can be', source, {
      structure: REGISTRATION,
      offset: 0,
      found: `${source.size} bytes`,
      expected: `at most ${most}`,
    })
  }
  const registration = readRegistration(source.read(0, source.size), source)
  if (registration.paths.size === 0 && storePaths.size > 0) {
    throw formatError('MALFORMED', 'registers no store path', source, { structure: REGISTRATION, offset: 0 })
  }
  const warn = (detail: string, path: ByteString) =>
    formatError('MALFORMED', detail, source, { structure: REGISTRATION, offset: 0, found: quoted(path) })
  return { ...registeredGraph(registration, storePaths, warn), directory: registration.storeDirectory }
}

function storedBytes({ image }: OpenImage, entry: Entry): number {
  let bytes = 0
  for (const { storedLength } of image.runs(entry)) bytes += storedLength
  return bytes
}

function registeredGraph(
  { paths: registered }: Registration,
  storePaths: ReadonlySet<ByteString>,
  warning: (detail: string, path: ByteString) => FormatError,
): Omit<References, 'directory'> {
  const names = [...new Set([...storePaths, ...registered.keys()])].sort()
  const numbers = new Map(names.map((name, number) => [name, number]))
  const edges: number[] = []
  const dangling = new Set<ByteString>()
  const absent: ByteString[] = []
  for (const { path, references } of registered.values()) {
    if (!storePaths.has(path)) absent.push(path)
    for (const reference of references) {
      const number = numbers.get(reference)
      if (number === undefined) dangling.add(reference)
      else edges.push(numbers.get(path)!, number)
    }
  }
  const unregistered = [...storePaths].filter((path) => !registered.has(path))
  const warnings = [
    ...warningsOf([...dangling], 'refers to a path that is neither registered nor in the image', warning),
    ...warningsOf(absent, 'registers a path that is not in the image', warning),
    ...warningsOf(unregistered, 'lacks a path that is in the image', warning),
  ]
  const contentHashes = new Map<ByteString, string>()
  const contentSizes = new Map<ByteString, number>()
  for (const { path, narHash, narSize } of registered.values()) {
    if (narHash !== undefined) contentHashes.set(path, narHash)
    if (narSize !== undefined) contentSizes.set(path, narSize)
  }
  const graph = referenceGraph(names, edges)
  return { graph, origin: 'registration', contentHashes, contentSizes, warnings, incomplete: [] }
}

/** The first few warnings; the last one says how many more there are. */
function warningsOf(
  paths: readonly ByteString[],
  detail: string,
  warning: (detail: string, path: ByteString) => FormatError,
): FormatError[] {
  const more = paths.length - MAX_WARNINGS
  return paths
    .slice(0, MAX_WARNINGS)
    .map((path, index) =>
      warning(more > 0 && index === MAX_WARNINGS - 1 ? `${detail}, and ${more} more` : detail, path),
    )
}
