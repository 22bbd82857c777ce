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
