import { type ByteString, byteStringOfText } from '../../parsers/bytes/byte-string.ts'
import type { OperatingSystem } from '../inventory/operating-system.ts'

/** What a package URL is made of, besides its type. */
export interface PackageUrlParts {
  readonly name: ByteString
  /** '' if it has none. */
  readonly version: ByteString
  /** '' if unknown. */
  readonly architecture: ByteString
  /** See `InstalledPackage.source`. */
  readonly source?: ByteString | undefined
}

/** What the purl specification says of the packages of a package manager. */
interface PackageType {
  readonly type: string
  /** The vendor where no os-release names one; absent where the specification can do without. */
  readonly vendor?: string
  /** Whether names are written in small letters. */
  readonly isLowerCase: boolean
}

/** The types of purl-spec (types/*-definition.json), by the kinds of owner models. */
const TYPES: ReadonlyMap<string, PackageType> = new Map([
  ['dpkg', { type: 'deb', vendor: 'debian', isLowerCase: true }],
  ['apk', { type: 'apk', vendor: 'alpine', isLowerCase: true }],
  ['pacman', { type: 'alpm', vendor: 'arch', isLowerCase: true }],
  ['rpm', { type: 'rpm', isLowerCase: false }],
])

/** Vendors that Syft and Grype call otherwise than os-release does. */
const VENDORS: readonly (readonly [id: RegExp, vendor: string])[] = [
  [/^rhel$/, 'redhat'],
  [/^opensuse/, 'opensuse'],
]

/**
 * The package URL (purl) of a package of a package manager. `distro` and `upstream` are what Syft writes and Grype reads;
 * purl-spec knows the former.
 * @param kind of its owner model: "dpkg"
 * @returns undefined for a kind without a type in purl-spec
 */
export function packageUrl(
  kind: string,
  { name, version, architecture, source = '' }: PackageUrlParts,
  os: OperatingSystem | undefined,
): string | undefined {
  const found = TYPES.get(kind)
  if (found === undefined) return undefined
  const { type, vendor, isLowerCase } = found
  const [, epoch = '', rest = version] = (kind === 'rpm' && /^(\d+):(.*)$/s.exec(version)) || []
  return url(type, vendorOf(os) ?? vendor, isLowerCase ? lowerCase(name) : name, rest, [
    ['arch', architecture],
    ['distro', distributionOf(os)],
    ['epoch', epoch],
    ['upstream', source],
  ])
}

/**
 * The package URL of a store path. purl-spec has no type for Nix: issue 876 and pull request 877 are open. So this is what
 * Syft writes, and what Grype reads.
 */
export function nixUrl(name: ByteString, version: ByteString, output: ByteString, hash: ByteString): string {
  return url('nix', undefined, name, version, [
    ['hash', hash],
    ['output', output],
  ])
}

/** @param qualifiers in the order of their keys; those with '' are left out */
function url(
  type: string,
  vendor: ByteString | undefined,
  name: ByteString,
  version: ByteString,
  qualifiers: readonly (readonly [key: string, value: ByteString])[],
): string {
  const given = qualifiers.flatMap(([key, value]) => (value === '' ? [] : [`${key}=${encoded(value)}`]))
  return [
    `pkg:${type}/`,
    vendor === undefined ? '' : `${encoded(vendor)}/`,
    encoded(name),
    version === '' ? '' : `@${encoded(version)}`,
    given.length === 0 ? '' : `?${given.join('&')}`,
  ].join('')
}

function vendorOf(os: OperatingSystem | undefined): ByteString | undefined {
  if (os === undefined) return undefined
  return VENDORS.find(([id]) => id.test(os.id))?.[1] ?? byteStringOfText(os.id.toLowerCase())
}

function distributionOf(os: OperatingSystem | undefined): ByteString {
  if (os === undefined) return ''
  return byteStringOfText(os.versionId === undefined ? os.id : `${os.id}-${os.versionId}`)
}

/** Only ASCII: other bytes are parts of characters. */
function lowerCase(bytes: ByteString): ByteString {
  return bytes.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

/** Bytes percent-encoded, except those that purl-spec leaves: letters, digits, .-_~ and the colon. */
function encoded(bytes: ByteString): string {
  return bytes.replace(
    /[^A-Za-z0-9._~:-]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
}
