import { describe, expect, it } from 'vitest'
import { decompressZstd } from '../../../parsers/codecs/zstd/zstd.ts'
import { describeWith, mustRun } from '../../oracle.ts'
import { codeOf, decompressed, sameBytes } from '../../parsers/codecs/guarded.ts'
import { machineCode, randomBytes, samples } from '../../parsers/codecs/samples.ts'

/** From standard input: a frame that does not say its content size, with a checksum. */
function zstd(data: Uint8Array, ...options: string[]): Buffer {
  return mustRun('zstd', ['-q', '-c', ...options], { input: data })
}

function skippable(length: number, variant = 0): Uint8Array {
  const frame = new Uint8Array(8 + length).fill(0xee)
  const view = new DataView(frame.buffer)
  view.setUint32(0, 0x184d2a50 + variant, true)
  view.setUint32(4, length, true)
  return frame
}

describeWith(['zstd'], 'zstd as the zstd tool writes it', () => {
  const everything = Buffer.concat(Object.values(samples))

  it.each([
    ...Array.from({ length: 19 }, (_, index) => `-${index + 1}`),
    ...['--fast=4', '--fast=50', '--ultra -20', '--ultra -22'],
    ...['-3 --long=27', '-3 --long=30', '-5 --no-check', '-5 -B1024 -T2', '-19 --zstd=wlog=10'],
    ...['-9 --zstd=mml=3,strat=7', '-9 --no-compress-literals', '-1 --compress-literals'],
  ])('reads all samples in one frame, %s', (options) => {
    const compressed = zstd(everything, ...options.split(' '))
    expect(sameBytes(decompressed(decompressZstd, compressed, everything.length), everything)).toBe(true)
  })

  describe.each(Object.entries(samples))('a sample that is %s', (_, data) => {
    it.each([['-1'], ['-19']])('%s, with and without content size', (level) => {
      // The two differ in both, which takes the tool two thirds of the time of all three.
      for (const options of [[], ['--no-check', `--stream-size=${data.length}`]]) {
        const compressed = zstd(data, level, ...options)
        // Exactly the room it needs, where the last bytes are copied with care, and ample room.
        for (const room of [data.length, data.length + 100]) {
          expect(sameBytes(decompressed(decompressZstd, compressed, room), data)).toBe(true)
        }
      }
    })

    it('says LIMIT when the output is one byte short', () => {
      if (data.length === 0) return
      expect(codeOf(decompressZstd, zstd(data), data.length - 1)).toBe('LIMIT')
      expect(codeOf(decompressZstd, zstd(data, `--stream-size=${data.length}`), data.length - 1)).toBe('LIMIT')
      expect(codeOf(decompressZstd, zstd(data), 0)).toBe('LIMIT')
    })
  })

  it('reads matches further back than 64 KiB, 1 MiB and the blocks between them', () => {
    const head = randomBytes(200_000, 11)
    const data = Buffer.concat([head, machineCode(1_500_000), head])
    expect(sameBytes(decompressed(decompressZstd, zstd(data, '-6', '--long=24'), data.length), data)).toBe(true)
  })

  it('reads several frames and skippable frames, and knows where output belongs to which', () => {
    const first = samples['lines']!
    const second = samples['machine code']!
    const input = Buffer.concat([
      skippable(0),
      zstd(first),
      skippable(300, 15),
      zstd(new Uint8Array(0)),
      zstd(second, '-19', '--no-check'),
      skippable(5, 7),
    ])
    const expected = Buffer.concat([first, second])
    expect(sameBytes(decompressed(decompressZstd, input, expected.length), expected)).toBe(true)
    expect(codeOf(decompressZstd, input, expected.length - 1)).toBe('LIMIT')
    expect(codeOf(decompressZstd, Buffer.concat([input, Buffer.of(0, 0, 0, 0)]), expected.length)).toBe('MALFORMED')
    expect(codeOf(decompressZstd, input.subarray(0, -1), expected.length)).toBe('TRUNCATED')
  })

  it('says CHECKSUM for every flipped bit of the checksum, and for other content', () => {
    for (const data of [samples['lines']!, samples['incompressible']!, samples['zero bytes']!]) {
      const compressed = zstd(data)
      for (let bit = 1; bit <= 32; bit++) {
        const damaged = Buffer.from(compressed)
        damaged[damaged.length - 1 - ((bit - 1) >>> 3)]! ^= 1 << (bit & 7)
        expect(codeOf(decompressZstd, damaged, data.length)).toBe('CHECKSUM')
      }
    }
    const stored = zstd(randomBytes(1000), '-1')
    stored[500]! ^= 1
    expect(codeOf(decompressZstd, stored, 1000)).toBe('CHECKSUM')
  })
})
