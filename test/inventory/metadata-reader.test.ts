import { expect, it } from 'vitest'
import { DEFAULT_LIMITS } from '../../parsers/bytes/limits.ts'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { openSource } from '../../src/images/open-image.ts'
import { MetadataReader } from '../../src/inventory/metadata-reader.ts'
import {
  type Child,
  concat,
  extendedFileInode,
  fileInode,
  flat,
  pack,
  text,
  writeSquashfs,
} from '../parsers/squashfs/writer.ts'

/** A set of one attribute, `user.a`. */
const set = (value: string): Uint8Array => concat(pack([2, 0], [2, 1]), text('a'), pack([4, value.length]), text(value))
const SETS = ['one', 'two', 'six'].map(set)

/** Files with a set each, the last two with the same, and one without. */
function image(limits = DEFAULT_LIMITS) {
  const children: Child[] = [0, 1, 2, 2].map((xattr, index) => ({
    name: `f${index}`,
    inode: extendedFileInode({ number: index + 2, xattr }),
  }))
  const starts = SETS.map((_, at) => SETS.slice(0, at).reduce((sum, { length }) => sum + length, 0))
  const bytes = writeSquashfs({
    ...flat([...children, { name: 'plain', inode: fileInode({ number: 9 }) }]),
    xattrs: {
      values: concat(...SETS),
      ids: SETS.map(({ length }, at) => ({ reference: starts[at]!, count: 1, size: length })),
    },
  })
  return openSource(bytesSource(bytes, 'image'), { limits })
}

it('reads each set of extended attributes once, and none where there is none', () => {
  const open = image()
  const reader = new MetadataReader()
  const metadata = open.image.tree.entries.slice(1).map((entry) => reader.metadataOf(open, entry))
  expect(metadata.map(({ xattrs }) => xattrs)).toEqual([
    [{ name: 'user.a', value: 'one' }],
    [{ name: 'user.a', value: 'two' }],
    [{ name: 'user.a', value: 'six' }],
    [{ name: 'user.a', value: 'six' }],
    undefined,
  ])
  expect(metadata[2]!.xattrs).toBe(metadata[3]!.xattrs)
  expect(reader.problems).toEqual([])
})

it('reads no more of them than an image may have, and says so once', () => {
  // Nine bytes a set: the limit is passed with the second.
  const open = image({ ...DEFAULT_LIMITS, xattrs: 12 })
  const reader = new MetadataReader()
  for (const entry of open.image.tree.entries) reader.metadataOf(open, entry)
  expect(reader.problems.map(({ code, facts }) => [code, facts.limit])).toEqual([['LIMIT', 'xattrs=12']])
})
