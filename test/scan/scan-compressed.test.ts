import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, it } from 'vitest'
import { type OpenImage, openImage } from '../../src/images/open-image.ts'
import { Survey } from '../../src/inventory/survey.ts'
import { archive, symlink } from '../parsers/cpio/writer.ts'
import { type Content, squashfsOf } from '../parsers/squashfs/writer.ts'

const DIGITS = '0123456789abcdfghijklmnpqrsvwxyz'
const hashOf = (index: number): string => DIGITS[index]!.repeat(3) + DIGITS.slice(3)
const nameOf = (index: number): string => `${hashOf(index)}-p${index}`

const folder = mkdtempSync(join(tmpdir(), 'isoscope-compressed-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What a deep survey says of a store: of the first path, which mentions the others, which are files. */
async function surveyed(files: Readonly<Record<string, Content>>, others: number) {
  const store: Record<string, Content> = {}
  for (const [path, content] of Object.entries(files)) store[path === '' ? nameOf(0) : `${nameOf(0)}/${path}`] = content
  for (let other = 1; other <= others; other += 1) store[nameOf(other)] = `${other}`
  const image = join(folder, 'image.squashfs')
  writeFileSync(image, squashfsOf(store))
  const open: OpenImage = openImage(image, { deep: true })
  try {
    const survey = new Survey(() => open, { deep: true, jobs: 1 })
    const references = (await survey.references('scan'))!
    const numberOf = (key: string): number => Number(key.slice(key.indexOf('-p') + 2))
    const keys = references.graph.keys.map(numberOf)
    const { mentions, warnings } = (await survey.hidden(references))!
    return {
      hidden: mentions.map(({ from, to, path, kind, offset }) => [numberOf(from), numberOf(to), path, kind, offset]),
      byChance: references.byChance!.map(({ from, to }) => [keys[from], keys[to]]),
      files: (await survey.compressed()).files.map(({ path, start }) => [path, start]),
      warnings: warnings.map(({ message }) => message),
    }
  } finally {
    open.close()
  }
}

/** As gzip stores it without compression: the hash stands in the file as it is. */
const stored = (text: string): Uint8Array => gzipSync(text, { level: 0 })
/** So that gzip writes no hash as it is. */
const packed = (text: string): Uint8Array => gzipSync('e'.repeat(100) + text.repeat(3), { level: 9 })

it('finds what compressed files mention, once for each other store path', async () => {
  const found = await surveyed({ 'a.gz': packed(`${hashOf(1)} `), 'b.gz': packed(`${hashOf(2)}${hashOf(1)}`) }, 3)
  expect(found).toEqual({
    hidden: [
      [0, 1, 'a.gz', 'content', 100],
      [0, 2, 'b.gz', 'content', 100],
    ],
    byChance: [],
    files: [
      ['a.gz', 0],
      ['b.gz', 0],
    ],
    warnings: [],
  })
})

it('tells a reference that only compressed bytes have from others', async () => {
  const found = await surveyed(
    {
      'by-chance.gz': stored(hashOf(1)),
      'both.gz': stored(hashOf(2)),
      both: hashOf(2),
      link: hashOf(3),
      'like-a.gz': Buffer.concat([Buffer.of(0x1f, 0x8b), Buffer.from(`no gzip ${hashOf(3)}`)]),
    },
    3,
  )
  expect(found.byChance).toEqual([[0, 1]])
  expect(found.hidden).toEqual([])
  expect(found.files).toEqual([
    ['both.gz', 0],
    ['by-chance.gz', 0],
  ])
  expect(found.warnings).toEqual([])
})

it('searches names, targets and contents of an initrd, and knows where its compressed archive begins', async () => {
  const microcode = archive({ name: `kernel/${hashOf(1)}`, content: 'raw' })
  const root = archive(
    { name: `a-${hashOf(2)}`, content: `${hashOf(3)}` },
    symlink('init', `/nix/store/${nameOf(4)}/init`),
    { name: 'module.ko.gz', content: packed(hashOf(5)) },
  )
  const initrd = Buffer.concat([microcode, gzipSync(root, { level: 0 })])
  const found = await surveyed({ initrd, microcode }, 5)
  expect(found.files).toEqual([['initrd', microcode.length]])
  expect(found.hidden).toEqual([[0, 5, 'initrd/module.ko.gz', 'content', 100]])
  // The first stands in the archive that is not compressed.
  expect(found.byChance).toEqual([
    [0, 2],
    [0, 3],
    [0, 4],
  ])
})

it('goes on after a file that it cannot read in full, and says so', async () => {
  const whole = packed(`${hashOf(1)} `)
  const cut = gzipSync(Buffer.concat([Buffer.alloc(1 << 20, 'x'), Buffer.from(hashOf(2))])).subarray(0, -40)
  const found = await surveyed({ 'cut.gz': cut, 'whole.gz': whole }, 2)
  expect(found.hidden).toEqual([[0, 1, 'whole.gz', 'content', 100]])
  expect(found.warnings).toHaveLength(1)
  expect(found.warnings[0]).toMatch(/p0\/cut\.gz cannot be read in full/)
})

it('takes a store path that is an image itself', async () => {
  const found = await surveyed({ '': gzipSync(archive(symlink('init', `/nix/store/${nameOf(1)}`))) }, 1)
  expect(found.hidden).toEqual([[0, 1, 'init', 'target', 11]])
  expect(found.files).toEqual([['', 0]])
})
