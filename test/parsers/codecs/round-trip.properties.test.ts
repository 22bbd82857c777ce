import { constants, deflateSync } from 'node:zlib'
import { describe, it } from 'vitest'
import { expectRoundTrip } from './round-trip.ts'

const RUNS_IN_PROCESS = 25

describe('any content through zlib', () => {
  const { Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED } = constants

  it.each([Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED])('strategy %i, all levels', (strategy) => {
    expectRoundTrip(
      'zlib',
      (content) =>
        Array.from({ length: 10 }, (_, level) => ({
          content,
          stream: deflateSync(content, { level, strategy, windowBits: 9 + (level % 7), memLevel: 1 + (level % 9) }),
        })),
      RUNS_IN_PROCESS,
    )
  })
})
