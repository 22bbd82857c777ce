import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, it } from 'vitest'
import { isoscope } from '../cli/run.ts'
import { archive, symlink } from '../parsers/cpio/writer.ts'
import { squashfsOf } from '../parsers/squashfs/writer.ts'

const folder = mkdtempSync(join(tmpdir(), 'isoscope-place-'))
afterAll(() => rmSync(folder, { recursive: true }))

const keyOf = (letter: string, name: string): string => `${letter.repeat(32)}-${name}`
const SYSTEM = keyOf('9', 'nixos-system-x-1')
const METADATA = keyOf('1', 'etc.cpio')
const [SHELL, TEXT, NAME, BOTH] = ['shell', 'text', 'name', 'both'].map((name, index) =>
  keyOf('2345'[index]!, name),
) as [string, string, string, string]

const metadata = archive(
  { name: `named-${NAME.slice(0, 32)}` },
  symlink('etc/shell', `/nix/store/${SHELL}/bin/sh`),
  { name: 'etc/conf', content: `see /nix/store/${TEXT} and ${BOTH}` },
  symlink('etc/both', `/nix/store/${BOTH}`),
)

it.each([
  ['a store path', { [METADATA]: metadata }, '', METADATA],
  ['a file of one', { [`${METADATA}/share/etc.cpio`]: metadata }, 'share/etc.cpio/', METADATA],
])('why names the entry of an image that is %s', (_, files, inside, target) => {
  const image = join(folder, 'image.squashfs')
  const others = Object.fromEntries([SHELL, TEXT, NAME, BOTH].map((key) => [key, key.slice(33)]))
  writeFileSync(image, squashfsOf({ ...files, ...others, [`${SYSTEM}/etc`]: `/nix/store/${target}` }))
  const placeOf = (key: string): unknown => {
    const { code, stdout, stderr } = isoscope(['why', image, key, '--json'])
    expect([code, stderr]).toEqual([0, ''])
    type Answer = { storePaths: { referring: { path: string; places: object[] }[] }[] }
    const [answer] = (JSON.parse(stdout.toString()) as Answer).storePaths
    return answer!.referring[0]!.places
  }
  expect(placeOf(SHELL)).toEqual([{ file: `${inside}etc/shell`, kind: 'target', offset: 11 }])
  expect(placeOf(TEXT)).toEqual([{ file: `${inside}etc/conf`, kind: 'content', offset: 15 }])
  expect(placeOf(NAME)).toEqual([{ file: `${inside}named-${NAME.slice(0, 32)}`, kind: 'name', offset: 6 }])
  // What says most comes first, as elsewhere.
  expect(placeOf(BOTH)).toEqual([{ file: `${inside}etc/both`, kind: 'target', offset: 11 }])
})

it('the place is the file itself where the image is compressed', () => {
  const image = join(folder, 'compressed.squashfs')
  const key = keyOf('1', 'etc.cpio')
  const files = { [`${key}/etc.cpio.gz`]: gzipSync(metadata, { level: 0 }), [SHELL]: 'x' }
  writeFileSync(image, squashfsOf(files))
  expect(isoscope(['why', image, SHELL]).stdout.toString()).toMatch(/└─ shell +etc\.cpio\.gz\n/)
})
