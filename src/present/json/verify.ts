import type { FormatError } from '../../../parsers/bytes/errors.ts'
import type { Verification, VerifiedPackage } from '../../analyses/verify.ts'
import { fullName } from '../../owners/names.ts'
import type { ReadFailure } from '../../scan/plan-reading.ts'
import { printable } from '../text/printable.ts'
import { imageJson } from './image.ts'
import { jsonText } from './json-text.ts'
import { named } from './named.ts'
import { ownerJson } from './owner.ts'

/** A verification as JSON, with all store paths and packages. Hashes are in hexadecimal. */
export function verifyJson(verification: Verification): string {
  const { name, size, verdict, isRegistered, directory, owners, packages, references, files, checksums, problems } =
    verification
  const full = (key: string): string => printable(fullName(directory, key))
  return `${jsonText({
    schema: 'isoscope/verify@2',
    image: imageJson({ name, size }),
    verdict,
    registration: isRegistered,
    storePathCounts: countsJson(owners),
    ...(packages.length === 0 ? {} : { packageCounts: countsJson(packages) }),
    storePaths: owners.map((owner) => ({
      path: full(owner.key),
      status: owner.status,
      present: !owner.isAbsent,
      narHash: owner.hash ?? null,
      registeredNarHash: owner.registeredHash ?? null,
      narSize: owner.size ?? null,
      registeredNarSize: owner.registeredSize ?? null,
      missingReferences: owner.missing.map(full),
      omittedReferences: owner.omitted.map(full),
      unregisteredReferences: owner.unregistered.map(({ key }) => full(key)),
      unregisteredMentions: owner.unregistered.map(({ key, place }) => ({
        path: full(key),
        file: place === undefined ? null : printable(place.path),
        kind: place?.kind ?? null,
        offset: place?.offset ?? null,
      })),
      unreadableFiles: owner.failed,
      errors: owner.failures.map(failureJson),
    })),
    ...(packages.length === 0 ? {} : { packages: packages.map(packageJson) }),
    referenceCounts: {
      registered: references.registered,
      mentioned: references.found,
      unregistered: references.unregistered,
    },
    otherFiles: {
      total: files.count,
      bytes: files.bytes,
      unreadable: files.failed,
      errors: files.failures.map(failureJson),
    },
    checksums: checksums.map(({ path, structure, algorithm, offset, problem }) => ({
      imagePath: printable(path),
      structure,
      algorithm: algorithm ?? null,
      offset,
      status: problem === undefined ? 'pass' : 'fail',
      ...(problem === undefined ? {} : { error: errorJson(problem) }),
    })),
    problems: problems.map(errorJson),
  })}\n`
}

function countsJson(some: readonly { readonly status: string }[]): object {
  const count = (wanted: string): number => some.filter(({ status }) => status === wanted).length
  return { total: some.length, passed: count('pass'), failed: count('fail'), unknown: count('unknown') }
}

function packageJson({ key, status, declared, flaws, failed, failures }: VerifiedPackage): object {
  return {
    ...ownerJson(key, ''),
    status,
    declaredFiles: declared,
    differingFiles: flaws.map(({ path, differs, algorithm, hash, declaredHash }) => ({
      ...named('path', path),
      differs,
      algorithm: algorithm ?? null,
      hash: hash ?? null,
      declaredHash: declaredHash ?? null,
    })),
    unreadableFiles: failed,
    errors: failures.map(failureJson),
  }
}

function failureJson({ path, error }: ReadFailure): object {
  return { file: printable(path), ...errorJson(error) }
}

function errorJson(error: FormatError): object {
  return { ...error.toJSON(), detail: error.detail }
}
