import type { Hierarchy, HierarchyName } from './hierarchy.ts'
import { blockOffset, type Volume } from './volume.ts'

/** Parents are 16-bit numbers, so a table has at most 65535 records, each of at most 8 + 255 + 1 bytes (ECMA-119 9.4). */
const TABLE_LIMIT = 65_535 * 264

/** One of up to four copies of a hierarchy's path table. Offsets and lengths are bytes. */
export interface PathTable {
  readonly hierarchy: HierarchyName
  readonly offset: number
  readonly length: number
}

/**
 * The path tables of all hierarchies. mkisofs shares one between the primary and the enhanced volume; the first one
 * gets it.
 */
export function pathTablesOf(volume: Volume, hierarchies: readonly Hierarchy[]): PathTable[] {
  const seen = new Set<string>()
  return hierarchies
    .flatMap((hierarchy) => pathTables(volume, hierarchy))
    .filter(({ offset, length }) => {
      const key = `${offset} ${length}`
      if (seen.has(key)) return false
      seen.add(key)
      return true
    })
}

/** The path tables of a hierarchy (ECMA-119 6.9), as far as we can follow their records. */
function pathTables(volume: Volume, { name, fields }: Hierarchy): PathTable[] {
  const blocks = new Set([
    fields.typeLPathTable,
    fields.optionalTypeLPathTable,
    fields.typeMPathTable,
    fields.optionalTypeMPathTable,
  ])
  // 0 means that there is no copy. WinISO also leaves out the big-endian one.
  blocks.delete(0)
  const size = fields.pathTableSize.little
  const tables: PathTable[] = []
  for (const block of blocks) {
    const offset = blockOffset(volume, block)
    const length = recordsLength(volume, offset, size)
    if (length < size) {
      volume.warnings.add(
        offset + size > volume.source.size ? 'TRUNCATED' : 'MALFORMED',
        'only a part of the path table is one',
        {
          structure: `path table (ECMA-119 9.4) of the ${name} volume`,
          offset,
          found: length,
          expected: size,
        },
      )
    }
    if (length > 0) tables.push({ hierarchy: name, offset, length })
  }
  return tables
}

/** Bytes from `offset` on that are path table records, at most `size`. */
function recordsLength({ source }: Volume, offset: number, size: number): number {
  const available = Math.min(size, TABLE_LIMIT, source.size - offset)
  if (available <= 0) return 0
  const bytes = source.read(offset, available)
  let at = 0
  while (at + 8 <= available) {
    const name = bytes[at]!
    const length = 8 + name + (name & 1)
    if (name === 0 || at + 8 + name > available) return at
    at += length
  }
  return Math.min(at, available)
}
