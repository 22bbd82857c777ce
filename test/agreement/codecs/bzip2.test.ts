import { expect, it } from 'vitest'
import { decompressBzip2Stream } from '../../../parsers/codecs/bzip2/bzip2-stream.ts'
import { describeWith, mustRun, runTool } from '../../oracle.ts'
import { type Block, bzip2Stream, counted, evenLengths } from '../../parsers/codecs/bzip2/encoder.ts'
import { sameBytes } from '../../parsers/codecs/guarded.ts'
import { machineCode, randomBytes, samples } from '../../parsers/codecs/samples.ts'
import { expectToEnd } from '../../parsers/codecs/streams/agreement.ts'
import { collect, streamCode } from '../../parsers/codecs/streams/collect.ts'

function bzip2(data: Uint8Array, ...options: string[]): Buffer {
  return mustRun('bzip2', ['-c', ...options], { input: data })
}

function expectToRead(file: Uint8Array, data: Uint8Array): void {
  for (const readAhead of [1 << 18, 1000 + (file.length % 5000)]) {
    expectToEnd(decompressBzip2Stream, file, data, readAhead)
  }
}

const everything = Buffer.concat(Object.values(samples))
const mixed = Buffer.concat([machineCode(3_000_000), randomBytes(500_000), Buffer.alloc(700_000), everything])

describeWith(['bzip2'], 'bzip2 files as the bzip2 tool writes them', () => {
  it.each(['-1', '-2', '-3', '-4', '-5', '-6', '-7', '-8', '-9'])('reads all samples, %s', (level) => {
    expectToRead(bzip2(everything, level), everything)
  })

  it.each(Object.entries(samples))('reads a sample that is %s', (_, data) => {
    for (const level of ['-1', '-9']) expectToRead(bzip2(data, level), data)
    const file = bzip2(data)
    expect(sameBytes(collect(decompressBzip2Stream, file, { readAhead: 1 }).bytes, data)).toBe(true)
  })

  it.each(['-1', '-9'])('reads 5 MB of mixed content, %s', (level) => {
    expect(mixed.length).toBeGreaterThan(5_000_000)
    expectToRead(bzip2(mixed, level), mixed)
  })

  it('reads runs of any length, and of bytes that look like counts', () => {
    const runs = Array.from({ length: 700 }, (_, length) => Buffer.alloc(length, length & 7))
    for (const level of ['-1', '-9']) expectToRead(bzip2(Buffer.concat(runs), level), Buffer.concat(runs))
    const alike = Buffer.concat(Array.from({ length: 520 }, (_, length) => Buffer.alloc(length, 251)))
    expectToRead(bzip2(alike), alike)
    const long = Buffer.alloc(30_000_000, 65)
    expectToRead(bzip2(long), long)
  })

  it('reads several streams, and zero bytes behind them, as the tool does', () => {
    const parts = [samples['lines']!, new Uint8Array(0), samples['machine code']!, Buffer.of(1)]
    const streams = parts.map((part, index) => bzip2(part, `-${1 + 4 * (index & 1)}`))
    const file = Buffer.concat([...streams, new Uint8Array(70_001)])
    const data = Buffer.concat(parts)
    expect(sameBytes(mustRun('bzip2', ['-dc'], { input: file }), data)).toBe(true)
    expect(sameBytes(collect(decompressBzip2Stream, file).bytes, data)).toBe(true)
    expectToRead(Buffer.concat(streams), data)
  })

  it('refuses other bytes behind them, which the tool ignores with a warning', () => {
    const data = samples['lines']!
    for (const more of ['x', 'rest of it', 'BZh0', 'BZx9']) {
      const file = Buffer.concat([bzip2(data), Buffer.from(more)])
      const { code, stdout, stderr } = runTool('bzip2', ['-dc'], { input: file })
      expect([code, sameBytes(stdout, data)]).toEqual([0, true])
      expect(stderr).toContain('trailing garbage')
      expect(streamCode(decompressBzip2Stream, file)).toBe(more === 'x' ? 'TRUNCATED' : 'MALFORMED')
    }
  })

  it('reads a long file in little memory', () => {
    const data = Buffer.concat([machineCode(3_000_000), new Uint8Array(20_000_000)])
    const { bytes, largestBuffer } = collect(decompressBzip2Stream, bzip2(data))
    expect(sameBytes(bytes, data)).toBe(true)
    expect(largestBuffer).toBeLessThan(200_000)
  })
})

describeWith(['bzip2', '7zz'], 'bzip2 streams by hand', () => {
  const content = Buffer.from('abracadabra '.repeat(30))
  const even = evenLengths(new Set(content).size + 2)
  const block = (more: Partial<Block>): Buffer => bzip2Stream([{ content, ...more }])
  const many = (count: number) => Array.from({ length: count }, (_, index) => index & 1)
  const twenty = even.map(() => 20)
  const short = [2, 1, 1]

  /** What 7-Zip does with each; bzip2 reads them all. */
  const streams: readonly [name: string, file: Buffer, sevenZip: 'reads' | 'reads, and warns' | 'refuses'][] = [
    ['as bzip2 writes them', block({}), 'reads'],
    ['of level 1', bzip2Stream([{ content }], { level: 1 }), 'reads'],
    ['of many blocks', bzip2Stream(Array(40).fill({ content })), 'reads'],
    ['with ones in the padding', bzip2Stream([{ content }], { padding: '1' }), 'reads, and warns'],
    ['with six trees', block({ trees: [even, even, even, even, even, even] }), 'reads'],
    ['with counts of 255', block({ content: Buffer.alloc(1000), bytes: counted(Buffer.alloc(1000), 255) }), 'reads'],
    [
      'with bytes in SymMap that do not occur',
      block({ used: [32, 97, 98, 99, 100, 114, 200], trees: [evenLengths(9), evenLengths(9)] }),
      'reads',
    ],
    ['with 18002 selectors', block({ selectors: many(18_002) }), 'reads'],
    ['with 18003 selectors', block({ selectors: many(18_003) }), 'reads'],
    ['with 32767 selectors', block({ selectors: many(32_767) }), 'reads'],
    ['with codes that are too long', block({ trees: [twenty, twenty] }), 'reads'],
    ['with codes that are too short', block({ content: Buffer.alloc(2), trees: [short, short] }), 'refuses'],
  ]

  it.each(streams)('%s are read by the tool and by us', (_, file, sevenZip) => {
    const data = mustRun('bzip2', ['-dc'], { input: file })
    expect(data.length).toBeGreaterThan(0)
    expectToRead(file, data)
    const { code, stdout } = runTool('7zz', ['x', '-tbzip2', '-si', '-so'], { input: file })
    const does = !sameBytes(stdout, data) ? 'refuses' : code === 0 ? 'reads' : 'reads, and warns'
    expect(does).toBe(sevenZip)
  })

  const run = (digits: number): number[] => [...Array(digits).fill(1), 3]
  const level1 = (symbols: number[]): Buffer =>
    bzip2Stream([{ content, bytes: [65, 66], origPtr: 0, symbols }], { level: 1 })

  it.each([
    ['with another magic number', block({ magic: 1 })],
    ['with an origPtr that is no row', block({ origPtr: counted(content).length })],
    ['with no bytes', block({ symbols: [even.length - 1], origPtr: 0 })],
    ['with one tree', block({ numTrees: 1 })],
    ['with seven trees', block({ numTrees: 7 })],
    ['with no selectors', block({ numSels: 0 })],
    ['with a selector of no tree', block({ selectors: [0, 1, 0, 1, 2] })],
    ['with too few selectors', block({ content: randomBytes(200), selectors: [0, 1] })],
    ['with a code of no bits', block({ treeBits: '00000' })],
    ['with a code of 21 bits', block({ treeBits: '10101' })],
    ['with a run of 131070 at level 1', level1(run(16))],
    ['with a run of 2^50', level1(run(49))],
    ['without the count of a run', block({ content: Buffer.alloc(4), bytes: [0, 0, 0, 0] })],
    ['with another BlockCRC', block({ blockCrc: 7 })],
    ['with another StreamCRC', bzip2Stream([{ content }], { streamCrc: 7 })],
    ['of level 0', bzip2Stream([{ content }], { level: 0 })],
  ])('%s are refused by both', (_, file) => {
    expect(streamCode(decompressBzip2Stream, file)).toMatch(/MALFORMED|CHECKSUM/)
    expect(runTool('bzip2', ['-dc'], { input: file }).code).toBe(2)
  })

  it.each(['-mx=1', '-mx=5 -mmt=2', '-mx=9 -mpass=10'])('of 7-Zip are read too, %s', (options) => {
    const file = mustRun('7zz', ['a', '-tbzip2', '-si', '-so', ...options.split(' '), 'x'], { input: everything })
    expectToRead(file, everything)
  })
})
