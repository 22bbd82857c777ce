import { expect, it } from 'vitest'
import { DEFAULT_LIMITS } from '../../parsers/bytes/limits.ts'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { openSource } from '../../src/images/open-image.ts'
import { extendedFileInode, flat, writeSquashfs } from '../parsers/squashfs/writer.ts'

/** A block more of holes than the GiB that any image may have. */
const holes = (): Uint8Array =>
  writeSquashfs({
    ...flat([
      { name: 'holes', inode: extendedFileInode({ size: 1025 * 2 ** 20, blocks: new Array<number>(1025).fill(0) }) },
    ]),
    superblock: { blockSize: 2 ** 20, blockLog: 20 },
  })

it('expansion is said and can be set: a GiB may be read of any image, and no more than so many times its size', () => {
  const read = (expansion: number): number => {
    const open = openSource(bytesSource(holes(), 'image'), { limits: { ...DEFAULT_LIMITS, expansion } })
    const entry = open.image.tree.entries.find(({ name }) => name === 'holes')!
    let size = 0
    for (const chunk of open.reader.chunks(entry)) size += chunk.length
    return size
  }
  expect(() => read(1000)).toThrow(
    /^image: .* at 0x[0-9a-f]+: .*; the limit is expansion=1000, and --parser-limit sets/,
  )
  expect(read(2_000_000)).toBe(1025 * 2 ** 20)
})
