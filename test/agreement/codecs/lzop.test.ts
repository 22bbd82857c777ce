import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { decompressLzopStream } from '../../../parsers/codecs/lzop/lzop-stream.ts'
import { plainStreams, portableStreams } from '../../../parsers/codecs/streams.ts'
import { describeWith, mustRun, runTool } from '../../oracle.ts'
import { sameBytes } from '../../parsers/codecs/guarded.ts'
import { part, repeatedLetters } from '../../parsers/codecs/lzop/part.ts'
import { machineCode, randomBytes, samples } from '../../parsers/codecs/samples.ts'
import { expectToEnd } from '../../parsers/codecs/streams/agreement.ts'
import { collect, streamCode } from '../../parsers/codecs/streams/collect.ts'

function lzop(data: Uint8Array, ...options: string[]): Buffer {
  return mustRun('lzop', ['-c', ...options], { input: data })
}

function expectToRead(file: Uint8Array, data: Uint8Array): void {
  for (const readAhead of [1 << 18, 1 + (file.length % 5000)]) {
    for (const decompress of [plainStreams.lzop, portableStreams.lzop]) expectToEnd(decompress, file, data, readAhead)
  }
}

const everything = Buffer.concat(Object.values(samples))
const mixed = Buffer.concat([machineCode(3_000_000), randomBytes(500_000), Buffer.alloc(700_000), everything])

describeWith(['lzop'], 'lzop files as the lzop tool writes them', () => {
  it.each([
    ...Array.from({ length: 9 }, (_, index) => `-${index + 1}`),
    ...['-1 -F', '-9 -F', '-1 --crc32', '-9 --crc32', '-1 -C -C', '-9 -C -C --crc32', '-3 --filter=0'],
  ])('reads all samples, %s', (options) => {
    expectToRead(lzop(everything, ...options.split(' ')), everything)
  })

  it.each(Object.entries(samples))('reads a sample that is %s', (_, data) => {
    for (const options of [['-1'], ['-9', '-C', '-C', '--crc32']]) expectToRead(lzop(data, ...options), data)
    const file = lzop(data)
    expect(sameBytes(collect(decompressLzopStream, file, { readAhead: 1 }).bytes, data)).toBe(true)
  })

  it.each(['-1', '-9'])('reads 5 MB of mixed content, %s', (level) => {
    expect(mixed.length).toBeGreaterThan(5_000_000)
    expectToRead(lzop(mixed, level), mixed)
  })

  it('reads the parts of several files, with their names, as the tool does', () => {
    const folder = mkdtempSync(join(tmpdir(), 'isoscope-lzop-'))
    try {
      const parts = Object.entries(samples).map(([name, data]) => ({ path: join(folder, name), data }))
      for (const { path, data } of parts) writeFileSync(path, data)
      for (const options of [[], ['-9', '--crc32', '-P', '-C', '-C']]) {
        const file = mustRun('lzop', ['-c', ...options, ...parts.map(({ path }) => path)])
        expect(sameBytes(mustRun('lzop', ['-dc', '--ignore-warn'], { input: file }), everything)).toBe(true)
        expectToRead(file, everything)
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('reads several files one behind the other, and zero bytes behind them, as the tool does', () => {
    const parts = [samples['lines']!, new Uint8Array(0), samples['machine code']!, Buffer.of(1)]
    const files = parts.map((data, index) => lzop(data, `-${1 + 4 * (index & 1)}`))
    const file = Buffer.concat([...files, new Uint8Array(70_001)])
    expect(sameBytes(mustRun('lzop', ['-dc', '--ignore-warn'], { input: file }), Buffer.concat(parts))).toBe(true)
    expect(sameBytes(collect(decompressLzopStream, file).bytes, Buffer.concat(parts))).toBe(true)
    expectToRead(Buffer.concat(files), Buffer.concat(parts))
  })

  it('refuses other bytes behind them, which the tool ignores with a warning', () => {
    const data = samples['lines']!
    for (const more of ['x', 'rest of it', '\x89LZO\0\r\n']) {
      const file = Buffer.concat([lzop(data), Buffer.from(more, 'latin1')])
      const { code, stdout, stderr } = runTool('lzop', ['-dc'], { input: file })
      expect([code, sameBytes(stdout, data)]).toEqual([2, true])
      expect(stderr).toContain('ignoring trailing garbage')
      expect(streamCode(decompressLzopStream, file)).toBe(more === 'rest of it' ? 'MALFORMED' : 'TRUNCATED')
    }
  })

  it.each(['1', '2', '16'])('refuses a filter, which the tool undoes: %s', (filter) => {
    const file = lzop(samples['lines']!, `--filter=${filter}`)
    expect(sameBytes(mustRun('lzop', ['-dc'], { input: file }), samples['lines']!)).toBe(true)
    expect(streamCode(decompressLzopStream, file)).toBe('UNSUPPORTED')
  })

  it('reads a long file in little memory', () => {
    const data = Buffer.concat([machineCode(3_000_000), new Uint8Array(20_000_000)])
    const { bytes, largestBuffer } = collect(decompressLzopStream, lzop(data))
    expect(sameBytes(bytes, data)).toBe(true)
    expect(largestBuffer).toBeLessThan(300_000)
  })
})

describeWith(['lzop'], 'lzop files by hand', () => {
  const content = Buffer.from('stored, because it is short')
  const blocks = [{ content }, repeatedLetters(1000), { content }]
  const all = Buffer.concat(blocks.map((block) => block.content))
  const large = repeatedLetters(300_000)
  const CHECKED = 0x303

  /** Whether the tool reads each, as we do. */
  const files: readonly [name: string, file: Buffer, toolReads: boolean, data?: Uint8Array][] = [
    ['without checksums', part({}, blocks), true],
    ['with all checksums', part({ flags: CHECKED }, blocks), true],
    ['with CRC-32 only, of the header too', part({ flags: 0x1300 }, blocks), true],
    ['with an extra field', part({ flags: 0x40, extraField: randomBytes(300) }, blocks), true],
    ['with an extra field and CRC-32', part({ flags: 0x1040, extraField: randomBytes(300) }, blocks), true],
    ['with a filter that is none', part({ flags: 0x800 }, blocks), true],
    ['of the first version', part({ version: 0x0900, flags: CHECKED }, blocks), true],
    ['of the last version without a level', part({ version: 0x093f, flags: CHECKED }, blocks), true],
    ['of the first version with a level', part({ version: 0x0940, flags: CHECKED }, blocks), true],
    ['of a newer version', part({ version: 0x2000, flags: CHECKED }, blocks), true],
    ['of method 1', part({ method: 1 }, blocks), true],
    ['of method 2', part({ method: 2 }, blocks), true],
    // It insists that its own assertions hold.
    ['with checksums of the stored bytes only', part({ flags: 0x202 }, blocks), false],
    ['with a block above 256 KiB', part({ flags: CHECKED }, [large]), false, large.content],
  ]

  it.each(files)('%s are read', (_, file, toolReads, data = all) => {
    expectToRead(file, data)
    const { code, stdout } = runTool('lzop', ['-dc'], { input: file })
    expect([code === 0, sameBytes(stdout, data)]).toEqual([toolReads, toolReads])
  })

  it.each([
    ['of a version before the first', part({ version: 0x08ff }, blocks), 'MALFORMED'],
    ['that need a version before the first', part({ versionNeeded: 0x08ff }, blocks), 'MALFORMED'],
    ['that need a newer version', part({ versionNeeded: 0x1041 }, blocks), 'UNSUPPORTED'],
    ['of method 0', part({ method: 0 }, blocks), 'UNSUPPORTED'],
    ['of method 4', part({ method: 4 }, blocks), 'UNSUPPORTED'],
    ['of zlib', part({ method: 128 }, blocks), 'UNSUPPORTED'],
    ['with reserved flags', part({ flags: 0x4000 }, blocks), 'UNSUPPORTED'],
    ['with a filter that does not exist', part({ flags: 0x800, filter: 17 }, blocks), 'UNSUPPORTED'],
    ['that are split', part({}, [{ content, size: 2 ** 32 - 1 }]), 'UNSUPPORTED'],
    ['with a block above 64 MiB', part({}, [{ content, size: 2 ** 26 + 1 }]), 'MALFORMED'],
    ['with a block of no bytes', part({}, [{ content, storedSize: 0 }]), 'MALFORMED'],
    ['with a block that grew', part({}, [{ content, storedSize: content.length + 1 }]), 'MALFORMED'],
    ['with a block that is shorter', part({}, [{ ...repeatedLetters(33), size: 38 }]), 'MALFORMED'],
    ['with a block that is longer', part({}, [{ ...repeatedLetters(33), size: 36 }]), 'MALFORMED'],
  ])('%s are refused by both', (_, file, code) => {
    expect(streamCode(decompressLzopStream, file)).toBe(code)
    expect(runTool('lzop', ['-dc'], { input: file }).code).toBe(1)
  })
})
