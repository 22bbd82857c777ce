import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect } from 'vitest'
import { fileSource } from '../../../parsers/bytes/file-source.ts'
import { decompressStream } from '../../../parsers/index.ts'
import { eachWith, mustRun } from '../../oracle.ts'

const MIB = 2 ** 20

/** Files much longer than what is allowed, from a shell that makes them, so that they are never in this process. */
const contents: Readonly<Record<string, { made: string; size: number }>> = {
  'more zeros': { made: 'head -c 200000000 /dev/zero', size: 200_000_000 },
  zeros: { made: 'head -c 120000000 /dev/zero', size: 120_000_000 },
  numbers: { made: 'seq 1 14000000', size: 114_888_897 },
}

const hashes = new Map<string, string>()

/** The SHA-256 of what a command prints. */
function hashOf(made: string): string {
  const known =
    hashes.get(made) ??
    mustRun('/bin/sh', ['-c', `${made} | sha256sum`])
      .toString()
      .slice(0, 64)
  hashes.set(made, known)
  return known
}

describe('streams of long files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'isoscope-streams-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  eachWith<[string, string, number]>(
    [
      ['zeros', 'zstd -1', 4],
      ['more zeros', 'zstd -3 --long=27', 161],
      ['zeros', 'xz -0', 5],
      ['zeros', 'xz --format=lzma -0', 5],
      ['zeros', 'lz4 -q -B7 -BD', 6],
      ['zeros', 'lz4 -q -l', 10],
      ['zeros', 'gzip -1', 2],
      ['zeros', 'bzip2 -9', 1],
      ['zeros', 'lzop -9', 1],
      ['numbers', 'zstd -1', 4],
      // The buffer is all memory of a module: its tables, the input and the output. lz4's blocks have up to 4 MiB.
      ['numbers', 'lz4 -q -1', 7],
      ['numbers', 'gzip -1', 2],
      ['numbers', 'lzop -1', 1],
    ],
    (_, command) => [command.split(' ')[0]!],
    '%s, %s, in a buffer of at most %i MiB',
    (content, tool, limit) => {
      const { made, size } = contents[content]!
      const path = join(folder, 'file')
      mustRun('/bin/sh', ['-c', `${made} | ${tool} -c > ${path}`])
      const source = fileSource(path)
      const hash = createHash('sha256')
      const buffers = new Set<ArrayBufferLike>()
      let length = 0
      let largest = 0
      let peak = 0
      const before = process.memoryUsage().arrayBuffers
      for (const chunk of decompressStream(source)) {
        length += chunk.length
        hash.update(chunk)
        buffers.add(chunk.buffer)
        largest = Math.max(largest, chunk.buffer.byteLength)
        if (buffers.size > 3) buffers.clear()
        peak = Math.max(peak, process.memoryUsage().arrayBuffers - before)
      }
      source.close()
      expect(length).toBe(size)
      expect(hash.digest('hex')).toBe(hashOf(made))
      expect(largest).toBeLessThan(limit * MIB)
      // Growing, there are two of them, and garbage may be there for a while.
      expect(peak).toBeLessThan((3 * limit + 64) * MIB)
    },
  )
})
