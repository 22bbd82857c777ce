import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openImage } from '../../src/images/open-image.ts'
import { ownersIn } from '../../src/owners/owners-in.ts'
import { scanReferences } from '../../src/scan/scan-references.ts'
import { isoscope } from '../cli/run.ts'
import { describeWith, mustRun } from '../oracle.ts'
import { packSquashfs } from './pack-squashfs.ts'

const DIGITS = '0123456789abcdfghijklmnpqrsvwxyz'
const hashOf = (index: number): string => DIGITS[index]!.repeat(3) + DIGITS.slice(3)

/** Where hashes stand in the big file: at every offset around borders of blocks and of the pieces a file is read in. */
const BORDERS = [4096, 131072, 1 << 20, 3 << 20, 8 << 20]
const SIZE = 9 * (1 << 20) + 777

describeWith(['mksquashfs'], 'the scan', () => {
  let work = ''
  const names = Array.from({ length: 32 }, (_, index) => `${hashOf(index)}-p${index}`)
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-scan-'))
    const store = join(work, 'store')
    mkdirSync(store)
    for (const name of names) mkdirSync(join(store, name))
    // 0: two files of noise, so that there is work for threads, with hashes across the borders of blocks.
    const noise = randomBytes(SIZE)
    for (const [index, border] of BORDERS.entries()) noise.write(hashOf(1 + index), border - 1 - 7 * index, 'latin1')
    noise.write(hashOf(6), SIZE - 32, 'latin1')
    noise.write(hashOf(7), 0, 'latin1')
    writeFileSync(join(store, names[0]!, 'noise'), noise)
    writeFileSync(join(store, names[8]!, 'same noise'), noise)
    // 9: a hash in two halves with a hole between them is none; a tail that shares a fragment with the next file.
    const holes = openSync(join(store, names[9]!, 'holes'), 'w')
    writeSync(holes, Buffer.from(hashOf(10).slice(0, 16)), 0, 16, (1 << 20) - 16)
    writeSync(holes, Buffer.from(hashOf(10).slice(16)), 0, 16, 3 << 20)
    writeSync(holes, Buffer.from(`${hashOf(11)} and ${hashOf(12).slice(0, 20)}`), 0, 57, (3 << 20) + 100)
    writeFileSync(join(store, names[9]!, 'holes2'), hashOf(12).slice(20).padEnd(40, '.'))
    // 13: names, a target, and itself.
    mkdirSync(join(store, names[13]!, `x${hashOf(14)}`))
    writeFileSync(join(store, names[13]!, `x${hashOf(14)}`, `${hashOf(15)}.txt`), '')
    symlinkSync(`/nix/store/${names[16]}/bin/${names[17]}`, join(store, names[13]!, 'link'))
    writeFileSync(join(store, names[13]!, 'self'), `${DIGITS}${hashOf(13)}${DIGITS}`)
    // A store path that is a file.
    rmSync(join(store, names[18]!), { recursive: true })
    writeFileSync(join(store, names[18]!), hashOf(19))
  })
  afterAll(() => rmSync(work, { recursive: true, force: true }))

  const EXPECTED = [
    ...[1, 2, 3, 4, 5].map((index) => `0 ${index} content noise ${BORDERS[index - 1]! - 1 - 7 * (index - 1)}`),
    `0 6 content noise ${SIZE - 32}`,
    '0 7 content noise 0',
    `9 11 content holes ${(3 << 20) + 100}`,
    `13 14 name x${hashOf(14)} 1`,
    `13 15 name x${hashOf(14)}/${hashOf(15)}.txt 0`,
    '13 16 target link 11',
    `13 17 target link ${11 + names[16]!.length + 5}`,
    '13 13 content self 32',
    '18 19 content  0',
  ]
  // The duplicate of the noise is stored once and is told like it.
  const expected = [
    ...EXPECTED,
    ...EXPECTED.slice(0, 7).map((line) => line.replace(/^0 (\d+) content noise/, '8 $1 content same noise')),
  ].sort()

  it.each([
    ['zstd, 1 MiB blocks', ['-comp', 'zstd', '-Xcompression-level', '3', '-b', '1M']],
    ['xz, 128 KiB blocks', ['-comp', 'xz', '-b', '128K']],
    ['gzip, 4 KiB blocks', ['-comp', 'gzip', '-Xcompression-level', '1', '-b', '4K']],
    ['lz4, tails in fragments', ['-comp', 'lz4', '-always-use-fragments']],
    ['nothing compressed', ['-noI', '-noD', '-noF', '-noX']],
  ])('%s: finds each hash where it was put, with and without threads', async (_, options) => {
    const image = join(work, 'image.squashfs')
    packSquashfs(image, [join(work, 'store')], ['-noappend', '-no-progress', '-quiet', ...options])
    const open = openImage(image)
    const { owners } = ownersIn(open)
    expect(owners.size).toBe(names.length)
    const { mentions, failures } = await scanReferences(open, owners, { jobs: 1 })
    open.close()
    const numberOf = (base: string): number => names.indexOf(base)
    expect(failures).toEqual([])
    expect(
      mentions
        .map(({ from, to, kind, path, offset }) => `${numberOf(from)} ${numberOf(to)} ${kind} ${path} ${offset}`)
        .sort(),
    ).toEqual(expected)

    for (const jobs of ['1', '2', '64']) {
      const said = isoscope(['why-depends', image, 'p0', 'p3', '--precise', '--references', 'scan', '--jobs', jobs])
      expect(said).toMatchObject({ code: 0, stderr: '' })
      expect(said.stdout.toString()).toContain('└───noise: …')
      expect(isoscope(['why-depends', image, 'p9', 'p10', '--references', 'scan', '--jobs', jobs]).code).toBe(1)
    }
  })

  it('names a file that cannot be read, and goes on; only what hangs on it is uncertain', () => {
    const image = join(work, 'damaged.squashfs')
    mustRun('mksquashfs', [join(work, 'store'), image, '-noappend', '-no-progress', '-quiet', '-comp', 'gzip', '-noF'])
    const bytes = readFileSync(image)
    // The first data block, which the noise begins with: no zlib stream begins so. (Noise is stored as it is.)
    const open = openImage(image)
    const noise = open.image.tree.entries.find(({ name }) => name === 'holes')!
    const [run] = [...open.image.runs(noise)].filter(({ codec }) => codec === 'zlib')
    open.close()
    bytes.fill(0xff, run!.offset, run!.offset + run!.storedLength)
    writeFileSync(image, bytes)
    const why = (...args: string[]) => isoscope(['why-depends', image, ...args, '--references', 'scan'])
    const told = why('p9', 'p1')
    expect(told.code).toBe(2)
    expect(told.stderr).toContain(`${names[9]}/holes is not scanned in full: `)
    expect(told.stderr).toContain('does not depend on')
    expect(why('p0', 'p3').code).toBe(0)
    expect(why('p0', 'p9').code).toBe(1)
  })
})
