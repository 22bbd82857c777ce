import type { FormatError } from '../../../parsers/bytes/errors.ts'
import type { Verification } from '../../analyses/verify.ts'
import { fullName } from '../../owners/names.ts'
import type { ReadFailure } from '../../scan/plan-reading.ts'
import { printable } from '../text/printable.ts'
import { imageJson } from './image.ts'
import { jsonText } from './json-text.ts'

/** A verification as JSON, with all store paths. Hashes are in hexadecimal. */
export function verifyJson(verification: Verification): string {
  const { name, size, verdict, isRegistered, directory, owners, references, files, checksums, problems } = verification
  const full = (key: string): string => printable(fullName(directory, key))
  const count = (wanted: string): number => owners.filter(({ status }) => status === wanted).length
  return `${jsonText({
    schema: 'isoscope/verify@2',
    image: imageJson({ name, size }),
    verdict,
    registration: isRegistered,
    storePathCounts: {
      total: owners.length,
      passed: count('pass'),
      failed: count('fail'),
      unknown: count('unknown'),
    },
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

function failureJson({ path, error }: ReadFailure): object {
  return { file: printable(path), ...errorJson(error) }
}

function errorJson(error: FormatError): object {
  return { ...error.toJSON(), detail: error.detail }
}
