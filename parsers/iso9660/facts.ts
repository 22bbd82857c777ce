import { textOf } from '../bytes/byte-string.ts'
import { utcTime } from '../bytes/utc-time.ts'
import { longDate } from './date.ts'
import type { Layout } from './layout.ts'
import { partitionTableName } from './system-area.ts'

/** The fields of the descriptors, by their names in the specification. */
export function volumeFacts(layout: Layout): Record<string, string | number | boolean> {
  const { hierarchies, volume, shown, set, systemArea, bootCatalog, sessions } = layout
  const fields = (hierarchies.find((hierarchy) => hierarchy.name === 'primary') ?? hierarchies[0])?.fields
  if (fields === undefined) return {}
  const created = longDate(fields.volumeCreationDate)
  const modified = longDate(fields.volumeModificationDate)
  return {
    volumeId: trimmed(fields.volumeIdentifier),
    systemId: trimmed(fields.systemIdentifier),
    volumeSetId: trimmed(fields.volumeSetIdentifier),
    publisherId: trimmed(fields.publisherIdentifier),
    preparerId: trimmed(fields.dataPreparerIdentifier),
    applicationId: trimmed(fields.applicationIdentifier),
    ...(created === undefined ? {} : { created: utcTime(created) ?? '' }),
    ...(modified === undefined ? {} : { modified: utcTime(modified) ?? '' }),
    volumeSpaceSize: fields.volumeSpaceSize.little,
    blockSize: volume.blockSize,
    nameTree: shown?.kind ?? 'none',
    rockRidge: shown?.hasRockRidge ?? false,
    joliet: hierarchies.some((hierarchy) => hierarchy.name === 'Joliet'),
    enhanced: hierarchies.some((hierarchy) => hierarchy.name === 'enhanced'),
    udfBridge: set.udfRecognition.length > 0,
    bootImages: bootCatalog?.images.length ?? 0,
    partitionTable: partitionTableName(systemArea),
    sessions: 1 + sessions.filter((session) => session.kind === 'session').length,
    isomd5sum: fields.applicationUse.startsWith('ISO MD5SUM = '),
    checksumTags: layout.loose.checksumTags.length,
  }
}

/** Writers pad identifiers with spaces, some with NULs. */
function trimmed(identifier: string): string {
  const text = identifier.replace(/[ \0]+$/, '')
  return textOf(text) ?? text
}
