import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DIRECTORY, volume as fatVolume, entry as shortEntry, subdirectory } from '../parsers/fat/volume-builder.ts'
import { writeProgram } from '../parsers/pe/writer.ts'
import { isoscope } from './run.ts'

let work: string
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'isoscope-inside-'))
})
afterAll(() => rmSync(work, { recursive: true }))

const INITRD = '/boot/nix/store/fgws7a64f76h6qpx3kaakm1mjra07j75-initrd-linux-6.18.2/initrd'

const out = (...args: string[]): string => {
  const { code, stdout, stderr } = isoscope(args)
  expect([code, stderr]).toEqual([0, ''])
  return stdout.toString()
}

const refused = (...args: string[]): string => {
  const { code, stdout, stderr } = isoscope(args)
  expect([code, stdout.toString()]).toEqual([2, ''])
  return stderr
}

interface ReportJson {
  readonly image: { readonly size: number; readonly format: string }
  readonly accounts: readonly { readonly own: number }[]
  readonly storePaths: readonly { readonly pname: string }[]
  readonly roots: readonly { readonly path: string; readonly files?: readonly string[] }[]
  readonly inside: readonly {
    readonly path: string
    readonly format: string
    readonly size: number
    readonly own: number
    readonly accounts: readonly { readonly own: number }[]
    readonly storePathCount: number
  }[]
  readonly paidTwice: readonly { readonly storePath?: string; readonly wasted: number }[]
}

const sum = (accounts: readonly { readonly own: number }[]): number =>
  accounts.reduce((total, { own }) => total + own, 0)

describe('--in', () => {
  it('makes the report of an image inside, by its path and by a word', () => {
    const byPath = JSON.parse(out('--json', 'mini.iso', '--in', INITRD)) as ReportJson
    expect(byPath.image).toMatchObject({ format: 'initrd' })
    expect(sum(byPath.accounts)).toBe(byPath.image.size)
    expect(byPath.storePaths.map(({ pname }) => pname).sort()).toEqual(['bash', 'glibc', 'systemd'])
    expect(out('--json', 'mini.iso', '--in', 'initrd')).toBe(out('--json', 'mini.iso', '--in', INITRD))
    const efi = JSON.parse(out('--json', 'mini.iso', '--in', 'efi')) as ReportJson
    expect(efi.image).toMatchObject({ format: 'fat', size: 65_536 })
    expect(sum(efi.accounts)).toBe(65_536)
  })

  it('says what the image is, and describes files by what they are', () => {
    expect(out('report', 'mini.iso', '--in', 'initrd').split('\n')[1]).toBe('initrd · 3 store paths')
    const program = writeProgram({ sections: [{ name: '.text', content: Buffer.alloc(600, 'code') }] })
    const clusters = Math.ceil(program.length / 512)
    const volume = fatVolume({
      fatType: 12,
      clusters: 40,
      root: [shortEntry({ name: 'EFI        ', attributes: DIRECTORY, cluster: 5 })],
      chains: [[5], Array.from({ length: clusters }, (_, index) => 10 + index)],
      data: {
        5: subdirectory(5, 0, shortEntry({ name: 'BOOT    EFI', cluster: 10, size: program.length })),
        10: program,
      },
    })
    writeFileSync(join(work, 'fat.img'), volume)
    const lines = out('report', join(work, 'fat.img')).split('\n')
    expect(lines[1]).toBe('FAT')
    // A directory is not what the file in it is.
    const row = (name: string): string => lines.find((line) => line.includes(` ${name} `) || line.endsWith(` ${name}`))!
    expect([row('EFI').endsWith('PE program'), row('EFI/BOOT.EFI').endsWith('PE program')]).toEqual([false, true])
  })

  it('takes /init for the root of an initrd, and finds references by a scan', () => {
    const { roots } = JSON.parse(out('--json', 'mini.iso', '--in', 'initrd')) as ReportJson
    expect(roots[0]).toMatchObject({ configurations: ['/init'] })
    expect(roots[0]!.path).toMatch(/-systemd-258\.3$/)
    expect(out('why', 'mini.iso', 'glibc', '--in', 'initrd')).toMatch(/root: the kernel starts it as \/init\n.*glibc/)
  })

  it('is there for every command', () => {
    expect(out('ls', 'mini.iso', '--in', 'initrd')).toContain('/init')
    expect(out('ls', 'mini.iso', '/EFI/BOOT', '--in', 'efi')).toContain('/EFI/BOOT/BOOTX64.EFI')
    expect(out('cat', 'mini.iso', '/EFI/BOOT/BOOTX64.EFI', '--in', 'efi')).toBe(
      out('cat', 'mini.iso', '/EFI/BOOT/BOOTX64.EFI'),
    )
    expect(out('tree', 'mini.iso', '--in', 'initrd')).toContain('total of 3 paths')
    expect(out('refs', 'mini.iso', 'bash', '--in', 'initrd')).toContain('glibc')
    expect(out('diff', 'mini.iso', 'mini.iso', '--in', 'initrd')).toContain('Nothing changed')
    expect(out('check', 'mini.iso', '--max', '1MiB', '--in', 'initrd')).toMatch(/^ *PASS +image +66\.8 KiB/m)
    expect(out('export', '-f', 'dot', 'mini.iso', '--in', 'initrd')).toContain('glibc')
  })

  it('says what is wrong with its path', () => {
    expect(refused('mini.iso', '--in', 'isolinux')).toBe('isoscope: mini.iso: --in: isolinux is not a file\n')
    expect(refused('mini.iso', '--in', 'version.txt')).toBe(
      'isoscope: mini.iso: --in: version.txt is a file, and holds no image to look into\n',
    )
    expect(refused('mini.iso', '--in', 'kernel')).toMatch(/^isoscope: mini\.iso: --in kernel: found no kernel in it/)
    expect(refused('mini.iso', '--in', 'nowhere')).toMatch(/no \/nowhere in it/)
    const saved = join(work, 'mini.json')
    out('mini.iso', '-o', saved)
    expect(refused(saved, '--in', 'initrd')).toMatch(/is a saved report, which holds no image to look into/)
  })
})

describe('the report of what is inside', () => {
  it('lists every image inside, with accounts that add up to its file', () => {
    const { inside, accounts } = JSON.parse(out('--json', 'mini.iso')) as ReportJson
    expect(inside.map(({ path, format }) => [path, format])).toEqual([
      ['/boot/efi.img', 'fat'],
      [INITRD, 'initrd'],
      ['/nix-store.squashfs', 'squashfs'],
    ])
    for (const image of inside) expect(sum(image.accounts)).toBe(image.own)
    expect(inside.map(({ storePathCount }) => storePathCount)).toEqual([0, 3, 47])
    expect(sum(accounts)).toBe(2_097_152)
  })

  it('is told in Markdown too, with what is paid for twice', () => {
    const markdown = out('report', 'mini.iso', '--format', 'md')
    expect(markdown).toContain(`| 66.8 KiB | ${INITRD} | zstd cpio, 3 store paths |\n`)
    expect(markdown).toMatch(
      /\| 41\.1 KiB \| initrd-linux-6\.18\.2 \| 66\.8 KiB in \/boot\/\S+<br>41\.1 KiB in \/nix-store\.squashfs \|/,
    )
    expect(markdown).toMatch(/\| \*\*116\.6 KiB\*\* \| \*\*total of 6 copies\*\* \| \|\n$/)
    expect(out('report', 'mini.iso', '--format', 'csv')).not.toContain('paid for twice')
  })

  it('is the same from the cache, from a saved report, and with one thread', () => {
    const env = { XDG_CACHE_HOME: join(work, 'cache') }
    const first = isoscope(['mini.iso'], env).stdout.toString()
    const saved = join(work, 'saved.json')
    out('mini.iso', '-o', saved)
    for (const args of [['mini.iso'], ['mini.iso', '-j', '1', '--no-cache'], [saved]]) {
      expect(isoscope(args, env).stdout.toString()).toBe(first)
    }
    expect(first).toMatch(/^Inside boot/m)
  })
})
