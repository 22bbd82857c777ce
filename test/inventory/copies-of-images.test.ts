import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { openSource } from '../../src/images/open-image.ts'
import { Survey } from '../../src/inventory/survey.ts'
import { archive } from '../parsers/cpio/writer.ts'
import { type Content, squashfsOf } from '../parsers/squashfs/writer.ts'

/** Places of what is in several images, by path; and the bytes that each copy takes beside the largest. */
function twice(files: Readonly<Record<string, Content>>) {
  const open = openSource(bytesSource(squashfsOf(files), 'image'))
  const survey = new Survey(() => open)
  const places = survey.twice!.copies.map((copy) => copy.places.map(({ path }) => path).sort())
  open.close()
  return places.sort()
}

const noise = randomBytes(9000)
const initrd = archive({ name: 'library', content: noise })

it('tells a copy of an image in another image once, as the file', () => {
  const files = { 'one.cpio': initrd, 'other.cpio': archive({ name: 'one.cpio', content: initrd }) }
  expect(twice(files)).toEqual([['/one.cpio', '/other.cpio/one.cpio']])
})

it('tells what is in both copies of an image in the same image', () => {
  expect(twice({ 'a/one.cpio': initrd, 'b/one.cpio': initrd, library: noise })).toEqual([
    ['/a/one.cpio/library', '/b/one.cpio/library', '/library'],
  ])
  const copy = archive(
    { name: 'another', content: 'so that blocks are not shared' },
    { name: 'library', content: noise },
  )
  expect(twice({ 'a/one.cpio': initrd, 'b/one.cpio': copy, library: noise })).toEqual([
    ['/a/one.cpio/library', '/b/one.cpio/library', '/library'],
  ])
})

it('tells the bytes of a file of a package, and not those of the package', () => {
  const large = randomBytes(1 << 20)
  const database = 'P:memtest\nV:1\nA:x86_64\nF:boot\nR:memtest.bin\nF:doc\nR:manual\n\n'
  const system = squashfsOf({
    'boot/memtest.bin': large,
    'doc/manual': randomBytes(9000),
    'lib/apk/db/installed': database,
  })
  const open = openSource(bytesSource(squashfsOf({ memtest: large, 'live.squashfs': system }), 'image'))
  const survey = new Survey(() => open)
  const own = new Map(survey.twice!.copies.flatMap(({ places }) => places.map((place) => [place.path, place.own])))
  const installed = survey.attribution.accounts.find(({ owner }) => owner !== undefined)
  open.close()
  // The account of the package has the path of its first file.
  const path = '/live.squashfs/boot/memtest.bin'
  expect(installed).toMatchObject({ name: path, files: 2 })
  expect(Math.abs(own.get(path)! - large.length)).toBeLessThan(100)
})
