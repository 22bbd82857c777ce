import type { FormatError } from '../bytes/errors.ts'
import { formatError } from '../bytes/source.ts'
import { directorySize } from './directory.ts'
import { dataOffset, readDirectoryRecord } from './directory-record.ts'
import type { RootDirectory } from './directory-tree.ts'
import { selfRecord } from './susp-indicator.ts'
import type { Volume } from './volume.ts'
import type { DescriptorSet, VolumeDescriptor, VolumeFields } from './volume-descriptor.ts'

/** The word for a descriptor's tree in the names of its structures. */
export type HierarchyName = 'primary' | 'Joliet' | 'enhanced' | 'supplementary'

/** A directory hierarchy. One volume descriptor begins it. */
export interface Hierarchy {
  readonly name: HierarchyName
  readonly descriptor: VolumeDescriptor
  readonly fields: VolumeFields
  readonly root: RootDirectory
  /** Why we cannot read its root directory. */
  readonly problem?: FormatError
}

const NAMES: Readonly<Partial<Record<VolumeDescriptor['kind'], HierarchyName>>> = {
  'primary volume descriptor': 'primary',
  'Joliet volume descriptor': 'Joliet',
  'enhanced volume descriptor': 'enhanced',
  'supplementary volume descriptor': 'supplementary',
}

/** The hierarchy that a descriptor begins; undefined if it begins none. */
function hierarchyOf(volume: Volume, descriptor: VolumeDescriptor): Hierarchy | undefined {
  const name = NAMES[descriptor.kind]
  const { fields } = descriptor
  if (name === undefined || fields === undefined) return undefined
  const bytes = fields.rootDirectoryRecord
  // We do not trust the length byte of the root record: NetBSD makefs writes 68, others 48.
  const record = readDirectoryRecord(volume, bytes, 0, 34, descriptor.offset + 156)
  const offset = dataOffset(volume, record)
  const problem = rootProblem(volume, offset)
  const size = problem === undefined ? directorySize(volume, offset, record.dataLength) : record.dataLength
  const found = { name, descriptor, fields, root: { record, offset, size } }
  if (problem === undefined) return found
  const place = { structure: `root directory of the ${descriptor.kind}`, offset: descriptor.offset, found: offset }
  return { ...found, problem: formatError(problem[0], problem[1], volume.source, place) }
}

/** The first hierarchy of each kind. */
export function hierarchiesOf(volume: Volume, set: DescriptorSet): Hierarchy[] {
  const hierarchies: Hierarchy[] = []
  for (const descriptor of set.descriptors) {
    const hierarchy = hierarchyOf(volume, descriptor)
    if (hierarchy === undefined || hierarchies.some((one) => one.name === hierarchy.name)) continue
    hierarchies.push(hierarchy)
  }
  return hierarchies
}

function rootProblem(volume: Volume, offset: number): ['TRUNCATED' | 'MALFORMED', string] | undefined {
  if (offset >= volume.source.size) return ['TRUNCATED', 'lies beyond the end of the image']
  if (selfRecord(volume, offset) === undefined) return ['MALFORMED', 'does not begin with a record of its own']
  return undefined
}
