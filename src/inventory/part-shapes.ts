import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { FormatError, FormatErrorFacts } from '../../parsers/bytes/errors.ts'
import { FORMATS } from '../../parsers/formats.ts'
import type { EntryType } from '../../parsers/image.ts'
import type { Reference } from '../graph/reference-graph.ts'
import type { Mention } from '../owners/mentions.ts'
import { modelOfKind } from '../owners/models.ts'
import type { NamedReference } from '../owners/named-reference.ts'
import { isOwnerKey } from '../owners/names.ts'
import type { ContentName } from '../owners/owner.ts'
import { type Composition, OWNER_ROLES, type OwnerRole, type SystemMention } from '../owners/reference-kind.ts'
import { REFERENCES_ORIGINS, type References } from '../owners/references.ts'
import type { CompressedFile } from '../scan/scan-compressed.ts'
import type { Application, ApplicationImage } from './applications/application.ts'
import {
  type Account,
  type Attribution,
  type FilePlace,
  HIDDEN_BY_LAYERS,
  type ImageInside,
  type SharedContent,
} from './attribution.ts'
import type { FileFacts } from './file-facts.ts'
import type { ImageSummary } from './image-summary.ts'
import type { Inside, InsideImage } from './inside.ts'
import { count, flag, list, nullable, object, oneOf, optional, type Shape, text, tuple, where } from './json-shape.ts'
import type { Metadata, Xattr } from './metadata.ts'
import type { OperatingSystem, SystemOfImage } from './operating-system.ts'
import type { PaidTwice, PaidTwiceList, PlaceOfCopy } from './paid-twice.ts'
import type { EqualContents, SameContent, SharedFiles, StoredContent, StoredOnce } from './same-contents.ts'

/** What we know of an image, as JSON. Byte strings stay as they are, with a character for each byte. */
export interface PartsJson {
  readonly kind?: string | undefined
  readonly keys?: readonly ByteString[] | undefined
  readonly attribution?: AttributionJson | undefined
  readonly summary?: ImageSummary | undefined
  readonly boots?: readonly (readonly [ByteString, readonly ByteString[]])[] | undefined
  readonly composition?: CompositionJson | undefined
  readonly inside?: InsideJson | undefined
  readonly twice?: TwiceJson | undefined
  readonly equal?: EqualJson | undefined
  readonly registration?: RegistrationJson | undefined
  readonly scan?: ScanJson | undefined
  readonly compressed?: CompressedScanJson | undefined
  readonly hidden?: HiddenJson | undefined
  readonly contentNames?: readonly (readonly [ByteString, ContentName])[] | undefined
  readonly files?: readonly (readonly [ByteString, readonly FileFacts[]])[] | undefined
  readonly outside?: readonly FileFacts[] | undefined
  readonly saved?: ReferencesJson | null | undefined
}

export type ErrorJson = Pick<FormatError, 'code' | 'detail' | 'facts'>

export interface AttributionJson extends Omit<Attribution, 'warnings'> {
  readonly warnings: readonly ErrorJson[]
}

export interface InsideJson extends Omit<Inside, 'warnings'> {
  readonly warnings: readonly ErrorJson[]
}

export interface TwiceJson extends Omit<PaidTwiceList, 'warnings'> {
  readonly warnings: readonly ErrorJson[]
}

export interface EqualJson extends Omit<EqualContents, 'warnings'> {
  readonly warnings: readonly ErrorJson[]
}

export interface RegistrationJson {
  readonly references?: ReferencesJson | undefined
  readonly problem?: ErrorJson | undefined
}

export interface ReferencesJson
  extends Omit<References, 'graph' | 'contentHashes' | 'contentSizes' | 'sources' | 'warnings'> {
  readonly contentHashes: readonly (readonly [ByteString, string])[]
  readonly contentSizes?: readonly (readonly [ByteString, number])[]
  readonly sources?: readonly (readonly [ByteString, ByteString])[]
  readonly keys: readonly ByteString[]
  /** For each node, the nodes that it refers to. */
  readonly references: readonly (readonly number[])[]
  readonly warnings: readonly ErrorJson[]
}

export interface CompositionJson extends Omit<Composition, 'roles'> {
  readonly roles: readonly (readonly [ByteString, OwnerRole])[]
}

/** The files of each owner that mention other owners. */
export interface ScanJson {
  /** Keys of owners. */
  readonly paths: readonly ByteString[]
  /** Number of the owner, path inside it, kind, then number and offset of each mention. */
  readonly files: readonly (readonly [number, ByteString, Mention['kind'], ...number[]])[]
  readonly failures: readonly { readonly owner: ByteString; readonly error: ErrorJson }[]
}

export interface CompressedScanJson extends Omit<ScanJson, 'files'> {
  readonly mentions: ScanJson['files']
  readonly files: readonly CompressedFile[]
}

export interface HiddenJson {
  readonly mentions: readonly Mention[]
  readonly warnings: readonly ErrorJson[]
}

// The shapes of what we know of an image. Saved reports have some of them too.

const number = where((value) => typeof value === 'number', 'must be a number')
const textOrNumber = where(
  (value) => typeof value === 'string' || typeof value === 'number',
  'must be text or a number',
)
/** Seconds since 1970. */
export const seconds: Shape = where(Number.isSafeInteger, 'must be a whole number')
/** A byte string: text with a character for each byte. */
const bytes = where((value) => typeof value === 'string' && !/[^\0-\xff]/.test(value), 'must be bytes')
const key = where((value) => typeof value === 'string' && isOwnerKey(value), 'must be the key of an owner')

const formatName = oneOf(...FORMATS.map(({ name }) => name))

/** The kinds of accounts, except that of owners. */
export const accountKinds = [
  'file',
  'structure',
  'padding',
  'gap',
  'overlap',
  'unreadable',
] as const satisfies readonly Account['kind'][]

/** The types of entries, except regular files. */
export const entryTypes = [
  'directory',
  'symlink',
  'blockDevice',
  'charDevice',
  'fifo',
  'socket',
] as const satisfies readonly EntryType[]

/** Where bytes of an account lie. */
export const places: Shape = list(object<FilePlace>({ offset: count, length: count, innerOffset: optional(count) }))

export const errorCode: Shape = oneOf('MALFORMED', 'TRUNCATED', 'CHECKSUM', 'UNSUPPORTED', 'LIMIT', 'IO')

export const errorFacts = {
  source: text,
  structure: text,
  offset: number,
  outerOffset: optional(number),
  field: optional(text),
  expected: optional(textOrNumber),
  found: optional(textOrNumber),
  limit: optional(text),
  wholeSize: optional(number),
} as const satisfies { readonly [Key in keyof FormatErrorFacts]-?: Shape }

const application = object<Application>({
  kind: oneOf('AppImage', 'SIF', 'snap', 'RAUC bundle'),
  name: optional(text),
  version: optional(text),
  architecture: optional(text),
  basedOn: optional(text),
  type: optional(text),
  format: optional(text),
  build: optional(text),
  icon: optional(text),
  desktopFile: optional(text),
  images: optional(list(object<ApplicationImage>({ slot: text, file: text, size: optional(count) }))),
})

const operatingSystem = object<OperatingSystem>({ id: text, versionId: optional(text), name: text })

/**
 * The facts of a summary except the numbers of owners.
 * @param name the shape of further names of an image inside
 */
export function summaryFields(name: Shape): {
  readonly [Key in keyof Omit<ImageSummary, 'owners' | 'packages'>]-?: Shape
} {
  return {
    name: text,
    size: count,
    format: formatName,
    offset: optional(count),
    container: optional(text),
    compression: optional(text),
    unpackedSize: optional(count),
    volumeId: nullable(text),
    label: nullable(text),
    created: optional(count),
    os: optional(operatingSystem),
    systems: optional(list(object<SystemOfImage>({ path: text, os: optional(operatingSystem) }))),
    application: optional(application),
    squashfs: list(
      object<ImageSummary['squashfs'][number]>({
        path: text,
        otherNames: optional(list(name)),
        compressor: text,
        compressorOptions: nullable(text),
        blockSize: count,
      }),
    ),
    complete: flag,
  }
}

const error = object<ErrorJson>({ code: errorCode, detail: text, facts: object<FormatErrorFacts>(errorFacts) })

const accounts = list(
  object<Account>({
    kind: oneOf('owner', ...accountKinds),
    name: bytes,
    otherNames: optional(list(bytes)),
    region: bytes,
    own: count,
    unpacked: count,
    files: count,
    owner: optional(key),
    inLayers: optional(oneOf(...HIDDEN_BY_LAYERS)),
    places: optional(places),
    morePlaces: optional(count),
  }),
)

const attribution = object<AttributionJson>({
  accounts,
  shared: list(object<SharedContent>({ owners: list(key), shares: list(count), others: flag, bytes: count })),
  images: list(
    object<ImageInside>({
      path: bytes,
      otherNames: optional(list(bytes)),
      format: formatName,
      facts: object<ImageInside['facts']>({}),
      size: count,
    }),
  ),
  warnings: list(error),
  complete: flag,
})

const inside = object<InsideJson>({
  images: list(
    object<InsideImage>({
      path: bytes,
      otherNames: optional(list(bytes)),
      format: formatName,
      facts: object<InsideImage['facts']>({}),
      size: count,
      own: count,
      accounts,
    }),
  ),
  warnings: list(error),
  complete: flag,
})

const twice = object<TwiceJson>({
  copies: list(
    object<PaidTwice>({
      owner: optional(key),
      places: list(object<PlaceOfCopy>({ image: bytes, path: bytes, own: count, isPartial: flag })),
    }),
  ),
  warnings: list(error),
  complete: flag,
})

const equal = object<EqualJson>({
  identical: list(
    object<SameContent>({
      size: count,
      places: list(
        object<StoredContent>({
          image: bytes,
          path: bytes,
          files: count,
          owner: optional(key),
          compression: optional(text),
          own: count,
        }),
      ),
    }),
  ),
  storedOnce: list(
    object<StoredOnce>({
      image: bytes,
      files: count,
      bytes: count,
      contents: list(object<SharedFiles>({ size: count, paths: list(bytes), own: count })),
    }),
  ),
  warnings: list(error),
})

const references = object<ReferencesJson>({
  origin: oneOf(...REFERENCES_ORIGINS),
  directory: bytes,
  contentHashes: list(tuple(key, text)),
  contentSizes: optional(list(tuple(key, count))),
  sources: optional(list(tuple(key, bytes))),
  keys: list(key),
  references: list(list(count)),
  warnings: list(error),
  incomplete: list(count),
  byChance: optional(list(object<Reference>({ from: count, to: count }))),
})

export const mentionKind: Shape = oneOf('content', 'target', 'name')

export const ownerRole: Shape = oneOf(...OWNER_ROLES)

/** The number of an owner, a path inside it and a kind, then pairs of numbers. */
const mentions: Shape = (value) => tuple(count, bytes, mentionKind)(value) ?? list(count)((value as unknown[]).slice(3))

const scanFailures = list(object<ScanJson['failures'][number]>({ owner: key, error }))

const metadata = object<Metadata>({
  mode: count,
  uid: count,
  gid: count,
  mtime: seconds,
  device: optional(object<NonNullable<Metadata['device']>>({ major: count, minor: count })),
  xattrs: optional(list(object<Xattr>({ name: bytes, value: bytes }))),
  link: optional(count),
})

const files = list(
  object<FileFacts>({
    path: bytes,
    type: oneOf('file', ...entryTypes),
    size: count,
    executable: flag,
    target: optional(bytes),
    holdsImage: optional(where((value) => value === true, 'must be true')),
    metadata: optional(metadata),
  }),
)

export const contentName: Shape = object<ContentName>({ name: text, version: optional(text) })

/** What we know of an image, as `partsToJson` writes it. */
export const partsShape: Shape = object<PartsJson>({
  kind: optional(
    where((value) => typeof value === 'string' && modelOfKind(value) !== undefined, 'must be a kind of owners'),
  ),
  keys: optional(list(key)),
  attribution: optional(attribution),
  summary: optional(object<ImageSummary>({ ...summaryFields(bytes), owners: count, packages: count })),
  boots: optional(list(tuple(bytes, list(bytes)))),
  composition: optional(
    object<CompositionJson>({
      roles: list(tuple(key, ownerRole)),
      mentions: list(object<SystemMention>({ from: key, to: key, path: bytes })),
      weak: optional(list(object<NamedReference>({ from: key, to: key }))),
    }),
  ),
  inside: optional(inside),
  twice: optional(twice),
  equal: optional(equal),
  registration: optional(object<RegistrationJson>({ references: optional(references), problem: optional(error) })),
  scan: optional(
    object<ScanJson>({
      paths: list(key),
      files: list(mentions),
      failures: scanFailures,
    }),
  ),
  compressed: optional(
    object<CompressedScanJson>({
      paths: list(key),
      mentions: list(mentions),
      files: list(object<CompressedFile>({ owner: key, path: bytes, ranges: list(tuple(count, count)) })),
      failures: scanFailures,
    }),
  ),
  hidden: optional(
    object<HiddenJson>({
      mentions: list(object<Mention>({ from: key, to: key, path: bytes, kind: mentionKind, offset: count })),
      warnings: list(error),
    }),
  ),
  contentNames: optional(list(tuple(key, contentName))),
  files: optional(list(tuple(key, files))),
  outside: optional(files),
  saved: optional(nullable(references)),
})
