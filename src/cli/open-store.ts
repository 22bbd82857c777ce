import { resolve } from 'node:path'
import { type ByteString, byteStringOfText } from '../../parsers/bytes/byte-string.ts'
import type { OpenImage } from '../image/open-image.ts'
import { printable } from '../present/text/printable.ts'
import { openReferences, type ReferencesFrom } from '../scan/open-references.ts'
import { findPaths } from '../store/find-paths.ts'
import { findRoots, type Root } from '../store/roots.ts'
import { type StoreObject, storeObjects } from '../store/store-objects.ts'
import { fullPath, type StoreReferences } from '../store/store-references.ts'
import { UsageError } from './exit-codes.ts'
import { openNamed } from './open.ts'
import { say } from './output.ts'
import { scanProgress } from './progress.ts'

/** What is asked of every command about references. */
export interface StoreArguments {
  readonly image: string
  /** What to take for the only roots, as patterns. */
  readonly root?: string | undefined
  readonly offset?: string | undefined
  readonly references: ReferencesFrom
  readonly jobs?: number | undefined
}

/** An image with its store paths and the references between them. */
export interface OpenStore {
  readonly open: OpenImage
  readonly objects: ReadonlyMap<ByteString, StoreObject>
  readonly references: StoreReferences
}

/** Opens an image to ask about its references, and says on stderr what is wrong with them. */
export async function openStore(options: StoreArguments): Promise<OpenStore> {
  const open = openNamed(options.image, options.offset)
  const objects = storeObjects(open)
  if (objects.size === 0) throw new UsageError(`${open.file.name}: there are no store paths in it`)
  const file = options.offset === undefined ? resolve(options.image) : undefined
  const progress = scanProgress()
  const references = await openReferences(open, objects, options.references, {
    ...(options.jobs === undefined ? {} : { jobs: options.jobs }),
    ...(file === undefined ? {} : { file }),
    progress: progress.show,
  })
  progress.clear()
  if (references === undefined) throw new UsageError(`${open.file.name}: there is no nix-path-registration in it`)
  for (const warning of references.warnings) say(warning.message)
  return { open, objects, references }
}

/**
 * The one store path that is meant.
 * @returns undefined when none is
 * @throws {UsageError} listing them when several are
 */
export function pathNamed({ open, references }: OpenStore, pattern: string): number | undefined {
  const found = findPaths(references.graph.paths, byteStringOfText(pattern))
  if (found.length <= 1) return found[0]
  const choices = found.slice(0, MAX_LISTED).map((path) => printable(fullPath(references, path)))
  if (found.length > MAX_LISTED) choices.push(`and ${found.length - MAX_LISTED} more`)
  throw new UsageError(`${open.file.name}: '${pattern}' may be each of these; give more of it:`, choices)
}

/** What the image is there for: as the user says, else as boot loaders and the references themselves tell. */
export function rootsOf(store: OpenStore, options: StoreArguments): readonly Root[] {
  if (options.root === undefined) return findRoots(store.open, store.references.graph)
  const path = pathNamed(store, options.root)
  if (path === undefined)
    throw new UsageError(`${store.open.file.name}: --root: no store path is meant by '${options.root}'`)
  return [{ path, reason: 'given' }]
}

const MAX_LISTED = 20
