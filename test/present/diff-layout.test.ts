import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { diff } from '../../src/analyses/diff.ts'
import { DIFF_FILTERS } from '../../src/analyses/summarise-diff.ts'
import { openImage } from '../../src/images/open-image.ts'
import { Survey } from '../../src/inventory/survey.ts'
import { type Inventory, inventoryOf } from '../../src/inventory/take-inventory.ts'
import { basePath, fileOf, metadataOf, syntheticSide } from '../analyses/synthetic-side.ts'
import { type DrawnDiff, diffText } from './drawn-diff.ts'

const WIDTHS = [60, 72, 80, 100, 120]
const OPTIONS: DrawnDiff = {
  style: { width: 80, color: false, unicode: true },
  unit: 'iec',
  min: 0,
  top: 0,
  rebuilt: true,
  only: undefined,
  paths: { old: 'old.iso', new: '/nix/store/0123456789abcdfghijklmnpqrsvwxyz-nixos.iso/iso/nixos.iso' },
}

async function sideOf(name: string): Promise<Inventory> {
  const path = fileURLToPath(new URL(`../../fixtures/images/${name}`, import.meta.url))
  const survey = new Survey(() => openImage(path))
  return inventoryOf(survey, 'auto', { files: true, outside: true })
}

/** An image of store paths that refer to each other, all names long, and large ones: the same, other versions, others. */
function longSide(version: string, mode: number, level: string): Inventory {
  const bases = Array.from({ length: 12 }, (_, index) => {
    const name = `${'a-package-with-a-long-name-'.repeat(index % 4)}x${index}`
    if (index < 4) return basePath(index, name)
    return index < 8
      ? basePath(index * 100 + version.length, `${name}-${version}`)
      : basePath(index * 100 + version.length, `${version.length}-${name}`)
  })
  const file = (path: string) => ({ ...fileOf(path, 5), metadata: metadataOf({ mode, mtime: mode }) })
  const long = `/usr/${'directory/'.repeat(20)}file`
  return syntheticSide({
    name: 'image.iso',
    roots: [bases[0]!],
    paths: bases.map((base, index) => ({
      base,
      own: 400_000_000 * (index + 1) + version.length * 1_000_000,
      files: [file(`bin/${'sub/'.repeat(30)}tool`)],
      references: bases.slice(index + 1, index + 2),
    })),
    others: [{ kind: 'file', name: long, region: '/nix-store.squashfs', own: version.length * 123_456 }],
    outside: [file(long), file(`/${version}`)],
    compressorOptions: level,
  })
}

let pairs: Readonly<Record<string, readonly [Inventory, Inventory]>>
beforeAll(async () => {
  const [mini, slim] = await Promise.all([sideOf('mini.iso'), sideOf('mini-slim.iso')])
  pairs = {
    'mini images': [mini, slim],
    'mini images, the other way': [slim, mini],
    'long names': [longSide('1.0', 0o755, 'level 19'), longSide('1.0.2pre3', 0o4755, 'level 6')],
  }
})

describe.each(['mini images', 'mini images, the other way', 'long names'])('a diff of %s', (name) => {
  it.each<[string, Partial<DrawnDiff>]>([
    ['as it is', { min: 8192, top: 20, rebuilt: false }],
    ['with all rows', {}],
    ['in bytes', { unit: 'bytes' }],
    ...DIFF_FILTERS.map((only): [string, Partial<DrawnDiff>] => [`only ${only}`, { only, top: 1 }]),
  ])('fits each width: %s', (_, options) => {
    const [before, after] = pairs[name]!
    for (const by of ['path', 'package', 'region'] as const) {
      const result = diff(before, after, by)
      for (const width of WIDTHS) {
        const text = diffText(result, { ...OPTIONS, ...options, style: { ...OPTIONS.style, width } })
        expect(text.split('\n').filter((line) => line.length > width)).toEqual([])
        // What was compared is said at every width, and how much it is.
        expect(text.replace(/\s+/g, ' ')).toMatch(/Compared: .*contents not compared \(--content reads them\)\./)
        expect(text).toMatch(/ total$/m)
      }
    }
  })
})

describe('of the reference that explains a row', () => {
  const lines = (width: number): string[] => {
    const [before, after] = pairs['mini images']!
    return diffText(diff(before, after, 'path'), { ...OPTIONS, style: { ...OPTIONS.style, width } }).split('\n')
  }

  it('the far end is left out before the near one is shortened', () => {
    expect(lines(140).find((line) => line.includes('boost'))).toMatch(
      /boost 1\.87\.0 +lost: system-units → unit-register-nix-paths\.service$/,
    )
    expect(lines(80).find((line) => line.includes('nix-manual'))).toMatch(
      /nix-manual 2\.31\.2 {2}lost: … → nix-manual-2\.31\.2$/,
    )
    for (const width of WIDTHS) {
      const shortened = lines(width).filter((line) => /(lost|through): \S*[^ …]…\S* →/.test(line))
      expect(shortened).toEqual([])
    }
  })

  it('stands below where there is no room beside', () => {
    const at = lines(60).findIndex((line) => line.includes('nix-manual 2.31.2'))
    expect(lines(60)[at + 1]).toMatch(/^ {20,}lost: \S.* → nix-manual-2\.31\.2$/)
  })
})

it('a packing row says what its paths are equal by, and how the compression changed', () => {
  const [before, after] = pairs['long names']!
  const text = (width: number): string =>
    diffText(diff(before, after, 'path'), { ...OPTIONS, style: { ...OPTIONS.style, width } })
  expect(text(120)).toMatch(/\[repacking: \d+ paths?, same names and sizes\] +zstd level 19 → 6\n/)
  expect(text(120)).toMatch(/^ {4}nix-store\.squashfs: zstd level 19 → 6$/m)
  expect(text(80)).toMatch(/\[repacking: \d+ paths?, same names and sizes\]\n +zstd level 19 → 6\n/)
  expect(text(60)).toMatch(/\[repacking: \d+ paths?\]\n +zstd level 19 → 6\n/)
})
