import {
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { measure, measureGlobs, storedSizes } from '../cli/measure.ts'
import { isoscope } from '../cli/run.ts'
import { describeWith, mustRun } from '../oracle.ts'

let work = ''
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'isoscope-check-paths-'))
})
afterAll(() => rmSync(work, { recursive: true, force: true }))

/** The magic number of a file that zisofs compressed (zisofs format, version 1). */
const ZISOFS = Buffer.from('37e45396c9dbd607', 'hex')
const ZISOFS_BLOCK = 32_768

/**
 * The least and the most that a byte of the only zisofs file of a disc costs, from its block pointers. The header is
 * split like the blocks.
 * @param size bytes of its content
 * @param stored bytes that it takes
 */
function costsOfBlocks(disc: string, size: number, stored: number): readonly [number, number] {
  const bytes = readFileSync(disc)
  const start = bytes.indexOf(ZISOFS)
  const pointerAt = (index: number): number => bytes.readUInt32LE(start + 16 + 4 * index)
  const count = Math.ceil(size / ZISOFS_BLOCK)
  const scale = stored / (pointerAt(count) - pointerAt(0))
  const costs = Array.from({ length: count }, (_, index) => {
    const length = Math.min(ZISOFS_BLOCK, size - index * ZISOFS_BLOCK)
    return ((pointerAt(index + 1) - pointerAt(index)) / length) * scale
  })
  return [Math.min(...costs), Math.max(...costs)]
}

describeWith(['xorriso', 'isoinfo', 'mksquashfs', 'unsquashfs'], 'a disc of another distribution', () => {
  let image = ''
  let sizes: ReadonlyMap<string, number> = new Map()
  const INSIDE = '/live/filesystem.squashfs'
  beforeAll(() => {
    const [root, disc] = [join(work, 'root'), join(work, 'disc')]
    const content = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, at) => (at * at + size) >> 3)
    const write = (path: string, size: number): void => {
      mkdirSync(join(path, '..'), { recursive: true })
      writeFileSync(path, content(size))
    }
    write(join(root, 'boot/initrd.img-6.1.0'), 300_000)
    write(join(root, 'boot/grub/grub.cfg'), 4000)
    write(join(root, 'usr/lib/systemd/system/initrd.target'), 5000)
    write(join(root, 'usr/share/doc/a/copyright'), 70_000)
    write(join(root, 'usr/share/doc/b/copyright'), 50_001)
    symlinkSync('boot/initrd.img-6.1.0', join(root, 'initrd.img'))
    write(join(disc, 'boot/grub.cfg'), 9000)
    mkdirSync(join(disc, 'live'))
    mkdirSync(join(disc, 'empty'))
    cpSync(join(root, 'boot/initrd.img-6.1.0'), join(disc, 'live/initrd.img'))
    linkSync(join(disc, 'live/initrd.img'), join(disc, 'live/initrd.img-6.1.0'))
    // Contents as they are, each in blocks of its own.
    const stored = ['-noD', '-noF', '-noI', '-no-fragments', '-no-duplicates', '-all-root', '-no-progress', '-quiet']
    mustRun('mksquashfs', [root, join(disc, INSIDE), '-comp', 'gzip', ...stored])
    image = join(work, 'debian.iso')
    mustRun('xorriso', ['-as', 'mkisofs', '-quiet', '-R', '--hardlinks', '-o', image, disc])
    sizes = new Map([...isoinfoSizes(image), ...unsquashfsSizes(join(disc, INSIDE))])
  })

  /** Sizes of files on the disc, of which isoinfo tells those of each directory. */
  function isoinfoSizes(file: string): [string, number][] {
    let directory = ''
    return mustRun('isoinfo', ['-R', '-l', '-i', file])
      .toString()
      .split('\n')
      .flatMap((line): [string, number][] => {
        directory = /^Directory listing of (\/.*)$/.exec(line)?.[1] ?? directory
        const entry = /^-\S+ +\d+ +\d+ +\d+ +(\d+) .* \[[ \d]+\] +(.+?) *$/.exec(line)
        return entry === null ? [] : [[directory + entry[2]!, Number(entry[1])]]
      })
  }

  function unsquashfsSizes(file: string): [string, number][] {
    return mustRun('unsquashfs', ['-lls', '-d', INSIDE, file])
      .toString()
      .split('\n')
      .flatMap((line): [string, number][] => {
        const entry = /^-\S+ \S+ +(\d+) \S+ \S+ (.+)$/.exec(line)
        return entry === null ? [] : [[entry[2]!, Number(entry[1])]]
      })
  }

  const sum = (...paths: readonly string[]): number =>
    paths.reduce((total, path) => total + (sizes.get(path) ?? Number.NaN), 0)

  it('is measured file by file as isoinfo and unsquashfs tell their sizes', () => {
    const exact = [
      ['/boot', sum('/boot/grub.cfg')],
      ['/live/initrd*', sum('/live/initrd.img')],
      [INSIDE, sum(INSIDE)],
      ['/live', sum('/live/initrd.img', INSIDE)],
      ['/*/*.cfg', sum('/boot/grub.cfg')],
      ['/empty', 0],
    ] as const
    const values = measureGlobs(image, ...exact.map(([glob]) => glob))
    expect(values).toEqual(exact.map(([, bytes]) => bytes))
    // In a squashfs an inode and a name come to it, of which there are less than 100 bytes a file here.
    const inside = [
      [`${INSIDE}/boot/initrd*`, sum(`${INSIDE}/boot/initrd.img-6.1.0`), 1],
      ['/**/doc', sum(`${INSIDE}/usr/share/doc/a/copyright`, `${INSIDE}/usr/share/doc/b/copyright`), 5],
      ['/**/*.cfg', sum('/boot/grub.cfg', `${INSIDE}/boot/grub/grub.cfg`), 1],
    ] as const
    const measured = measureGlobs(image, ...inside.map(([glob]) => glob))
    for (const [index, [, bytes, entries]] of inside.entries()) {
      expect(measured[index]).toBeGreaterThan(bytes)
      expect(measured[index]).toBeLessThan(bytes + 100 * entries)
    }
  })

  it('has an initrd in two places, with all its names', () => {
    const { code, stdout } = isoscope(['check', image, '--bytes', '--max', 'initrd=1000000'])
    expect(code).toBe(0)
    const [, inside, outside] =
      /^ {2}PASS {2}initrd {2}\S+ ≤ 1,000,000, .*\n {10}2 copies: live\/filesystem\.squashfs\/boot\/initrd\.img-6\.1\.0 (\S+), live\/initrd\.img(?: = \S+| \+\d+ names?)? (\S+)\n/.exec(
        stdout.toString(),
      ) ?? []
    expect(outside).toBe('300,000')
    const [result] = measure(image, 'initrd=1')
    expect(result!.value).toBe(300_000 + Number(inside!.replaceAll(',', '')))
    expect(result!.contributors.map(({ region }) => region)).toEqual([INSIDE, '/live'])
  })

  it('is measured inside an image that is stored compressed, by its share of the stored bytes', () => {
    const packed = join(work, 'packed.iso')
    const inner = join(work, 'disc', INSIDE)
    const map = ['-map', inner, '/a.squashfs', '-set_filter_r', '--zisofs', '/', '--']
    mustRun('xorriso', ['-outdev', packed, ...map, '-commit'])
    const [inside, whole] = measure(packed, 'path:/a.squashfs/boot=1', 'path:/a.squashfs=1')
    const stored = [...storedSizes(packed)].find(([path]) => path === '/a.squashfs')![1]
    expect(whole!.value).toBe(stored)
    const [unpacked] = measure(image, `path:/${INSIDE}/boot=1`)
    // Each byte costs what its block of the zisofs file takes of it: between the cheapest and the dearest block.
    const [cheapest, dearest] = costsOfBlocks(packed, statSync(inner).size, stored)
    expect(cheapest).toBeLessThan(dearest)
    expect(inside!.value).toBeGreaterThanOrEqual(Math.floor(unpacked!.value! * cheapest))
    expect(inside!.value).toBeLessThanOrEqual(Math.ceil(unpacked!.value! * dearest))
  })

  it('says what was meant', () => {
    expect(measure(image, 'path:/lvie/initrd*=1')[0]).toMatchObject({
      status: 'skip',
      note: "no path in the image matches '/lvie/initrd*'; did you mean /live?",
    })
    expect(measure(image, 'path:/live/intird*=1')[0]!.note).toMatch(/; did you mean \/live\/initrd\.img(-6\.1\.0)?\?$/)
    expect(measure(image, `path:${INSIDE}/usr/shrae/doc=1`)[0]!.note).toMatch(
      /; did you mean \/live\/filesystem\.squashfs\/usr\/share\?$/,
    )
  })
})
