import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { pathOf } from '../../../parsers/image.ts'
import { openSquashfs } from '../../../parsers/squashfs/index.ts'
import { concat, directoryInode, fileInode, listing, writeSquashfs } from './writer.ts'

const file = fileInode({ size: 0 })

/** An image whose root directory has files of these names. */
function withNames(names: readonly string[]) {
  const directories = listing(names.map((name) => ({ name, at: 0 })))
  const inodes = concat(file, directoryInode({ at: 0, length: directories.length }))
  return openSquashfs(bytesSource(writeSquashfs({ inodes, root: file.length, directories }), 'test.squashfs'))
}

/** Names in order, of all lengths that a name can have, so that some lie over the border of two blocks. */
const manyNames = Array.from({ length: 250 }, (_, index) => `${1000 + index}`.padEnd(4 + index, 'x'))

describe('names', () => {
  it('are read where they are, in blocks and over their borders', () => {
    const { tree, warnings } = withNames(manyNames)
    expect(warnings).toEqual([])
    expect(tree.count).toBe(1 + manyNames.length)
    expect(manyNames.map((_, index) => tree.nameOf(index + 1))).toEqual(manyNames)
    expect(pathOf(tree, { index: 250 })).toBe(`/${manyNames[249]}`)
  })

  it('are those of entries, one by one and all together', () => {
    const { tree } = withNames(manyNames)
    expect(tree.entries.map(({ name }) => name)).toEqual(['', ...manyNames])
    expect(tree.entries.map((_, index) => tree.entry(index))).toEqual(tree.entries)
    expect(tree.entry(1)).toEqual(tree.entry(1))
  })

  const outOfOrder = /its names are out of order or repeated/
  it.each([
    ['a longer name and then its beginning', ['ab', 'a'], outOfOrder],
    ['a name twice', ['a', 'a'], outOfOrder],
    ['bytes from 128 on before ASCII', ['\xff', 'a'], outOfOrder],
    ['bytes in order', ['a', 'a\x01', 'ab', '\x80', '\xff'], undefined],
    ['a name that is left out between others', ['b', '..', 'c'], /an invalid file name is left out/],
    ['a slash at the end of a name', ['a/', 'b'], /an invalid file name is left out/],
    ['a NUL in a name', ['a\0b', 'b'], /an invalid file name is left out/],
    ['three dots, and a name that begins with dots', ['...', '..a'], undefined],
  ])('are compared as bytes: %s', (_, names, warning) => {
    const { warnings } = withNames(names)
    if (warning === undefined) expect(warnings).toEqual([])
    else expect(warnings.map(({ message }) => message)).toEqual([expect.stringMatching(warning)])
  })
})
