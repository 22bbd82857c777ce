import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { duplicates } from '../../src/analyses/duplicates.ts'
import { openSource } from '../../src/images/open-image.ts'
import { findSameContents } from '../../src/inventory/same-contents.ts'
import { takeInventoryOf } from '../../src/inventory/take-inventory.ts'
import { sectionsText } from '../../src/present/text/sections.ts'
import type { TextStyle } from '../../src/present/text/style.ts'
import type { Unit } from '../../src/present/units.ts'
import { type DuplicatesContext, duplicatesView } from '../../src/views/duplicates.ts'
import { ownerNames } from '../../src/views/owner-names.ts'
import { FILES, noise } from '../cli/store-with-copies.ts'
import { squashfsOf } from '../parsers/squashfs/writer.ts'

/** The store with longer names, a longer chain, and one file under many names. */
function longStore(): Uint8Array {
  const long = 'a-package-with-quite-a-long-name-in-it'
  const bases = Array.from({ length: 12 }, (_, index) => `${'vwxyz'[index % 5]}${'0123456789ab'[index]!.repeat(31)}`)
  const chain = bases.map((hash, index) => `${hash}-${long}-${index < 6 ? '1.0' : `2.${index}`}`)
  const files: Record<string, string | Uint8Array> = {}
  for (const [index, path] of chain.entries()) {
    files[`${path}/${'folder/'.repeat(8)}file`] = noise(index, 9000 + index)
    files[`${path}/next`] = `/nix/store/${chain[index + 1] ?? ''} `
  }
  return squashfsOf({ ...files, ...FILES })
}

describe('what is there several times', async () => {
  const open = openSource(bytesSource(longStore(), 'long.squashfs'))
  const inventory = await takeInventoryOf(open, { inside: true })
  const found = duplicates(inventory, findSameContents(open, true))
  const draw = (style: TextStyle, unit: Unit = 'iec', more: Partial<DuplicatesContext> = {}): string => {
    const { sections } = duplicatesView(found, {
      nameOf: ownerNames(inventory.references!.graph.keys, inventory.directory, inventory.contentNames),
      accounts: inventory.attribution.accounts,
      references: { origin: 'scan', complete: true },
      hasOwners: true,
      choice: { top: 0, sort: 'saves', min: 0 },
      ...more,
    })
    return sectionsText(sections(), { style, unit, fullPaths: false })
  }
  const styleOf = (width: number, unicode = true): TextStyle => ({ width, color: false, unicode })

  it.each([60, 66, 72, 80, 100, 140])('fits %i columns', (width) => {
    const one = { choice: { top: 1, sort: 'saves', min: 0 } }
    for (const text of [
      draw(styleOf(width)),
      draw(styleOf(width), 'bytes'),
      draw(styleOf(width), 'iec', one),
      draw(styleOf(width), 'iec', { hasOwners: false }),
    ]) {
      expect(text.split('\n').filter((line) => line.length > width)).toEqual([])
    }
    expect(draw(styleOf(width, false))).toMatch(/^[\n -~]+$/)
  })

  it('tells variants apart at 60 columns', () => {
    const text = draw(styleOf(60))
    expect(text).toMatch(/ systemd-257\.6 \* ←/)
    expect(text).toMatch(/ systemd-minimal-257\.6 ←/)
  })
})
