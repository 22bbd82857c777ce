import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { deflateSync, gzipSync } from 'node:zlib'
import { unzlibSync } from 'fflate'
import { decompress as fzstd } from 'fzstd'
import { inflate as pako, ungzip as pakoUngzip } from 'pako'
import { describe, expect, it } from 'vitest'
import { decompressGzip } from '../../../parsers/codecs/gzip/gzip.ts'
import { decompressZlib } from '../../../parsers/codecs/zlib.ts'
import { decompressZstd } from '../../../parsers/codecs/zstd/zstd.ts'
import { FormatError } from '../../../parsers/index.ts'
import { decompressed, decompressGuarded, sameBytes } from './guarded.ts'
import { samples } from './samples.ts'

// Decoders of the registry, which every machine has that can run these tests.

const SEEDS = fileURLToPath(new URL('../../../fixtures/codecs/seeds/', import.meta.url))
const seedsOf = (codec: string): [name: string, stream: Uint8Array][] =>
  readdirSync(join(SEEDS, codec)).map((name) => [name, Uint8Array.from(readFileSync(join(SEEDS, codec, name)))])

/** More than any seed has. */
const ROOM = 1 << 16

/** What a peer makes of a stream; undefined where it refuses it. */
function peerReads(decode: () => Uint8Array | undefined): Uint8Array | undefined {
  try {
    return decode()
  } catch {
    return undefined
  }
}

describe('pako', () => {
  it.each(seedsOf('zlib'))('and fflate read %s as we do', (_, stream) => {
    const ours = decompressed(decompressZlib, stream, ROOM)
    expect(sameBytes(pako(stream), ours)).toBe(true)
    expect(sameBytes(unzlibSync(stream), ours)).toBe(true)
  })

  it.each(Object.entries(samples))('reads a sample that is %s as we do, at every level and strategy', (_, data) => {
    for (let level = 0; level <= 9; level += 3) {
      for (let strategy = 0; strategy <= 4; strategy += 1) {
        const stream = deflateSync(data, { level, strategy })
        expect(sameBytes(decompressed(decompressZlib, stream, data.length), pako(stream))).toBe(true)
      }
    }
    const file = gzipSync(data)
    expect(sameBytes(decompressed(decompressGzip, file, data.length), pakoUngzip(file))).toBe(true)
  })

  it('accepts of a damaged stream what we do, and reads it as we do', () => {
    const stream = deflateSync(Buffer.from('a line of text, and the same line of text again\n'.repeat(3)))
    let refused = 0
    for (let offset = 0; offset < stream.length; offset += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const damaged = Uint8Array.from(stream)
        damaged[offset]! ^= 1 << bit
        const ours = decompressGuarded(decompressZlib, damaged, ROOM)
        const theirs = peerReads(() => pako(damaged))
        if (ours instanceof FormatError) {
          refused += 1
          expect([offset, bit, theirs]).toEqual([offset, bit, undefined])
        } else expect([offset, bit, theirs !== undefined && sameBytes(theirs, ours)]).toEqual([offset, bit, true])
      }
    }
    expect(refused).toBeGreaterThan(stream.length * 7)
  })
})

describe('fzstd', () => {
  it.each(seedsOf('zstd'))('reads %s as we do', (_, stream) => {
    expect(sameBytes(fzstd(stream), decompressed(decompressZstd, stream, ROOM))).toBe(true)
  })
})
