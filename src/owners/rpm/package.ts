import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { formatError } from '../../../parsers/bytes/source.ts'
import type { Header } from '../../../parsers/rpm/header.ts'
import { TAG } from '../../../parsers/rpm/tags.ts'
import { costOfNames } from '../name-cost.ts'
import type { InstalledPackage, Requirement } from '../package-database.ts'
import type { VersionLimit } from '../version-order.ts'
import { filesOf } from './files.ts'
import { richRequirements } from './rich-dependency.ts'

/** A key of an author in the database. It is no package, and has no files. */
const PUBLIC_KEY = 'gpg-pubkey'
/** RPMSENSE_MISSINGOK (rpm, include/rpm/rpmds.h): the package works without it. */
const MISSING_OK = 1 << 19

/** RPMSENSE_LESS, RPMSENSE_GREATER and RPMSENSE_EQUAL (rpm, include/rpm/rpmds.h), by the relation that they make together. */
const RELATIONS: ReadonlyMap<number, VersionLimit['relation']> = new Map([
  [2, '<'],
  [4, '>'],
  [8, '='],
  [10, '<='],
  [12, '>='],
])
const RELATION_BITS = 14

function limitOf(flags: number | undefined, version: ByteString | undefined): VersionLimit | undefined {
  const relation = RELATIONS.get((flags ?? 0) & RELATION_BITS)
  return relation === undefined || version === undefined || version === '' ? undefined : { relation, version }
}

/**
 * The package of a header; undefined if that is a key. Rpm keeps no record of what a user chose.
 * @param spend counts the bytes of paths, and names
 * @throws {FormatError} if the header is damaged
 */
export function packageOf(header: Header, spend: (bytes: number) => void): InstalledPackage | undefined {
  const text = (tag: number): ByteString => header.strings(tag)[0] ?? ''
  const name = text(TAG.name)
  if (name === PUBLIC_KEY) return undefined
  if (name === '') {
    const place = { structure: `rpm tag ${TAG.name}`, offset: 0 }
    throw formatError('MALFORMED', 'a package without a name', header.source, place)
  }
  const files = filesOf(header, spend)
  const source = text(TAG.sourceRpm)
  const [epoch] = header.numbers(TAG.epoch)
  const flags = header.numbers(TAG.requireFlags)
  const versions = header.strings(TAG.requireVersion)
  const [required, recommended, provides] = [TAG.requireName, TAG.recommendName, TAG.provideName].map(header.strings)
  spend(costOfNames(required!.length + recommended!.length + provides!.length))
  return {
    name,
    version: `${epoch === undefined ? '' : `${epoch}:`}${text(TAG.version)}-${text(TAG.release)}`,
    architecture: text(TAG.architecture),
    source: source === '' ? undefined : source,
    files,
    requires: [
      ...required!.flatMap((one, index) =>
        requirementsOf(one, ((flags[index] ?? 0) & MISSING_OK) !== 0, limitOf(flags[index], versions[index])),
      ),
      ...recommended!.flatMap((one) => requirementsOf(one, true)),
    ],
    provides: provides!,
    selection: undefined,
  }
}

/**
 * What a name requires, in which versions by its flags. Features of rpm, "rpmlib(...)", are provided by no package, and "config(...)" by the package itself.
 */
function requirementsOf(name: ByteString, isWeak: boolean, limit?: VersionLimit): readonly Requirement[] {
  if (!name.startsWith('(')) {
    return [{ alternatives: [name], ...(limit === undefined ? {} : { limits: new Map([[name, limit]]) }), isWeak }]
  }
  return richRequirements(name).map((required) => ({ ...required, isWeak: isWeak || required.isWeak }))
}
