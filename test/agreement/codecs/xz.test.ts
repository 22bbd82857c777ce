import { describe, expect, it } from 'vitest'
import { decompressXz } from '../../../parsers/codecs/xz/stream.ts'
import { describeWith, mustRun } from '../../oracle.ts'
import { codeOf, decompressed, sameBytes } from '../../parsers/codecs/guarded.ts'
import { machineCode, randomBytes, samples } from '../../parsers/codecs/samples.ts'
import { type BlockParts, storedChunks, variableInteger, xzStream } from '../../parsers/codecs/xz/container.ts'

/** From standard input, in one thread: blocks without sizes in their headers. */
function xz(data: Uint8Array, ...options: string[]): Buffer {
  return mustRun('xz', ['-c', '-T1', ...options], { input: data })
}

function xzCanRead(file: Uint8Array): Buffer {
  return mustRun('xz', ['-dc', '-T1'], { input: file })
}

function expectToRead(file: Uint8Array, data: Uint8Array, room = data.length): void {
  expect(sameBytes(decompressed(decompressXz, file, room), data)).toBe(true)
}

describeWith(['xz'], 'xz as the xz tool writes it', () => {
  const everything = Buffer.concat(Object.values(samples))

  it.each([
    // Levels 7 and 8 differ from 6 and 9 in the dictionary alone, which is larger than the samples.
    ...[0, 1, 2, 3, 4, 5, 6, 9].map((level) => `-${level}`),
    ...['-0e', '-3e', '-6e', '-9e'],
    '--lzma2=preset=6,lc=0,lp=0,pb=0',
    '--lzma2=preset=6,lc=4,lp=0,pb=4',
    '--lzma2=preset=6,lc=0,lp=4,pb=1',
    '--lzma2=preset=6,lc=1,lp=2,pb=3',
    '--lzma2=preset=6,lc=2,lp=2,pb=0',
    '--lzma2=preset=6,dict=4KiB',
    '--lzma2=preset=0,dict=8KiB,nice=273',
    '--lzma2=preset=4,dict=1MiB,mf=bt2,nice=5',
    '--lzma2=preset=4,mode=fast,mf=hc3',
  ])('reads all samples in one stream, %s', (option) => {
    expectToRead(xz(everything, option), everything)
  })

  describe.each(Object.entries(samples))('a sample that is %s', (_, data) => {
    it.each(['none', 'crc32', 'crc64', 'sha256'])('with check %s, in room that is exact and ample', (check) => {
      const file = xz(data, '-1', `--check=${check}`)
      expectToRead(file, data)
      expectToRead(file, data, data.length + 100)
      if (data.length > 0) expect(codeOf(decompressXz, file, data.length - 1)).toBe('LIMIT')
    })

    it('in several blocks, with and without sizes in their headers', () => {
      expectToRead(xz(data, '-1', '--block-size=10000'), data)
      const sized = mustRun('xz', ['-c', '-1', '-T2', '--block-size=10000'], { input: data })
      expectToRead(sized, data)
      if (data.length > 0) expect(codeOf(decompressXz, sized, data.length - 1)).toBe('LIMIT')
    })
  })

  it('reads several streams with padding between and behind them', () => {
    const first = samples['lines']!
    const second = samples['machine code']!
    const file = Buffer.concat([
      xz(first, '--check=crc32'),
      new Uint8Array(8),
      xz(new Uint8Array(0)),
      xz(second, '--check=sha256', '--block-size=100000'),
      new Uint8Array(4),
    ])
    const data = Buffer.concat([first, second])
    expect(sameBytes(xzCanRead(file), data)).toBe(true)
    expectToRead(file, data)
    expect(codeOf(decompressXz, file, data.length - 1)).toBe('LIMIT')
    for (const length of [1, 2, 3, 5]) {
      const padded = Buffer.concat([file, new Uint8Array(length)])
      expect(codeOf(decompressXz, padded, data.length)).toBe('MALFORMED')
      expect(codeOf(decompressXz, Buffer.concat([padded, file]), 2 * data.length)).toBe('MALFORMED')
    }
    expect(codeOf(decompressXz, Buffer.concat([new Uint8Array(4), file]), data.length)).toBe('MALFORMED')
    expect(codeOf(decompressXz, Buffer.concat([file, Buffer.from('rest')]), data.length)).toBe('MALFORMED')
    expect(codeOf(decompressXz, Buffer.concat([file, Uint8Array.of(0xfd, 0x37)]), data.length)).toBe('TRUNCATED')
  })

  it('reads matches further back than a chunk', () => {
    const head = randomBytes(200_000, 11)
    const data = Buffer.concat([head, machineCode(1_500_000), head])
    expectToRead(xz(data, '-1', '--lzma2=preset=1,dict=4MiB'), data)
  })

  it('agrees with the xz tool about the container the tests build', () => {
    const data = samples['incompressible']!
    const chunks = storedChunks(data)
    const sizes = [chunks.length, data.length].flatMap(variableInteger)
    const parts: BlockParts[] = [
      { data: chunks, uncompressedSize: data.length },
      { data: Uint8Array.of(0), uncompressedSize: 0 },
      { data: chunks, uncompressedSize: data.length, flags: 0xc0, sizes },
    ]
    const file = xzStream(parts)
    const expected = Buffer.concat([data, data])
    expect(sameBytes(xzCanRead(file), expected)).toBe(true)
    expectToRead(file, expected)
  })
})
