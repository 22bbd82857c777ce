import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { isoscope } from '../cli/run.ts'
import { describeWith, mustRun } from '../oracle.ts'
import { noise } from './squashfs-source.ts'

const SECTOR = 2048
const NAME = 'EFI boot image, partition 2, not in the tree'

interface Report {
  readonly image: { readonly size: number }
  readonly accounts: readonly { readonly kind: string; readonly name?: string; readonly own: number }[]
  readonly inside: readonly {
    readonly path: string
    readonly format: string
    readonly size: number
    readonly own: number
    readonly accounts: readonly { readonly path?: string; readonly name?: string; readonly own: number }[]
  }[]
}

describeWith(['xorriso', 'mkfs.vfat', 'mmd', 'mcopy', 'mdir', 'mksquashfs'], 'parts of a disc outside its tree', () => {
  const work = mkdtempSync(join(tmpdir(), 'isoscope-parts-'))
  afterAll(() => rmSync(work, { recursive: true }))
  const at = (name: string): string => join(work, name)
  const program = noise(8192, 7)

  /** A FAT file system with a program whose content begins a sector of the disc. */
  const makeEsp = (): Buffer => {
    writeFileSync(at('bootx64.efi'), program)
    for (let reserved = 1; ; reserved += 1) {
      rmSync(at('esp.img'), { force: true })
      mustRun('mkfs.vfat', ['-C', '-F', '12', '-s', '1', '-R', String(reserved), at('esp.img'), '1440'])
      mustRun('mmd', ['-i', at('esp.img'), '::/EFI', '::/EFI/BOOT'])
      mustRun('mcopy', ['-i', at('esp.img'), at('bootx64.efi'), '::/EFI/BOOT/BOOTX64.EFI'])
      const esp = readFileSync(at('esp.img'))
      const place = esp.indexOf(program)
      expect(reserved).toBeLessThan(9)
      if (place > 0 && place % SECTOR === 0) return esp
    }
  }
  const esp = makeEsp()

  /** A disc with the file system as its second partition, and as a boot image, and with a squashfs as its third. */
  const makeDisc = (name: string, tree: string): string => {
    mkdirSync(at('packed'), { recursive: true })
    writeFileSync(at('packed/a'), 'in a partition\n')
    mustRun('mksquashfs', [at('packed'), at('p3.squashfs'), '-quiet', '-no-progress', '-noappend', '-all-root'])
    const parts = ['-append_partition', '2', '0xef', at('esp.img'), '-append_partition', '3', '0x83', at('p3.squashfs')]
    const boot = ['-eltorito-alt-boot', '-e', '--interval:appended_partition_2:all::', '-no-emul-boot']
    mustRun('xorriso', ['-as', 'mkisofs', '-quiet', '-R', '-o', at(name), ...parts, ...boot, tree])
    return at(name)
  }
  mkdirSync(at('tree'))
  writeFileSync(at('tree/readme'), 'a disc\n')
  writeFileSync(at('tree/program'), noise(8192, 8))
  const disc = makeDisc('disc.iso', at('tree'))

  const ask = (...args: string[]) => {
    const { code, stdout, stderr } = isoscope(args)
    return { code, stdout: stdout.toString(), stderr }
  }
  const report = (file: string): Report => {
    const { code, stdout, stderr } = ask(file, '--json')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    return JSON.parse(stdout) as Report
  }
  const sum = (accounts: readonly { readonly own: number }[]): number =>
    accounts.reduce((total, { own }) => total + own, 0)

  it('are folders at the names that the report shows', () => {
    expect(ask(disc).stdout).toContain(NAME)
    // A file a line, as mdir -b lists it, and folders with a slash at their ends.
    const files = mustRun('mdir', ['-/', '-b', '-i', at('esp.img'), '::'])
      .toString()
      .trim()
      .split('\n')
      .map((line) => line.trim().replace(/^::/, '').replace(/\/$/, ''))
    for (const folder of [`/[${NAME}]`, '/[EFI boot image]', '[EFI boot image]/']) {
      const { code, stdout } = ask('ls', '-R', disc, folder)
      expect(code).toBe(0)
      expect(stdout.trim().split('\n').sort()).toEqual(files.map((file) => `/[${NAME}]${file}`).sort())
    }
    expect(isoscope(['cat', disc, '/[EFI boot image]/EFI/BOOT/BOOTX64.EFI']).stdout.equals(program)).toBe(true)
    expect(ask('cat', disc, '/[partition 3]/a').stdout).toBe('in a partition\n')
    expect(ask('ls', disc, '/[EFI boot image]/none')).toMatchObject({
      code: 2,
      stderr: `isoscope: ${disc}: no /[${NAME}]/none in it\n`,
    })
    expect(ask('ls', disc, '/[EFI]').code).toBe(2)
  })

  it('lie where they are, and take what they have', () => {
    const { stdout } = ask('ls', '-f', 'ndjson', '--extents', disc, '/[EFI boot image]/EFI/BOOT')
    const [line] = stdout.trim().split('\n')
    const offset = readFileSync(disc).indexOf(program)
    expect(JSON.parse(line!)).toMatchObject({ size: 8192, stored: 8192, extents: [{ offset, length: 8192 }] })
  })

  it.each(['efi', NAME, 'EFI boot image', '/[EFI boot image]'])('are what --in %s opens', (name) => {
    const whole = JSON.parse(ask(disc, '--in', name, '--json').stdout) as Report
    expect(whole.image).toMatchObject({ size: esp.length, format: 'fat' })
    expect(sum(whole.accounts)).toBe(esp.length)
  })

  it('are told apart beside the report', () => {
    const { image, accounts, inside } = report(disc)
    expect(sum(accounts)).toBe(image.size)
    const [part] = inside.filter(({ path }) => path === `/[${NAME}]`)
    const own = accounts.find(({ name }) => name === NAME)!.own
    expect(part).toMatchObject({ format: 'fat', size: esp.length, own: esp.length })
    expect(own).toBe(esp.length)
    expect(sum(part!.accounts)).toBe(own)
    expect(part!.accounts).toContainEqual(
      expect.objectContaining({ path: `/[${NAME}]/EFI/BOOT/BOOTX64.EFI`, own: 8192 }),
    )
    const [other] = inside.filter(({ format }) => format === 'squashfs')
    expect(other!.path).toMatch(/^\/\[partition 3.*not in the tree\]$/)
    expect(sum(other!.accounts)).toBe(other!.own)
    expect(other!.own).toBe(accounts.find(({ name }) => `/[${name}]` === other!.path)!.own)
  })

  it('own what files of the tree leave of them', () => {
    const bytes = readFileSync(disc)
    const found = JSON.parse(ask('ls', '-f', 'ndjson', '--extents', disc, '/program').stdout) as {
      extents: { offset: number }[]
    }
    // The address stands in the directory record in both byte orders.
    const address = (offset: number): Buffer => {
      const field = Buffer.alloc(8)
      field.writeUInt32LE(offset / SECTOR)
      field.writeUInt32BE(offset / SECTOR, 4)
      return field
    }
    const record = bytes.indexOf(address(found.extents[0]!.offset))
    const place = bytes.indexOf(program)
    address(place).copy(bytes, record)
    writeFileSync(at('shared.iso'), bytes)
    expect(isoscope(['cat', at('shared.iso'), '/program']).stdout.equals(program)).toBe(true)
    const name = NAME.replace('not in', 'in part not in')
    const { image, accounts, inside } = report(at('shared.iso'))
    expect(sum(accounts)).toBe(image.size)
    const { own } = accounts.find((account) => account.name === name)!
    const [part] = inside.filter(({ path }) => path === `/[${name}]`)
    expect(part).toMatchObject({ size: esp.length, own })
    expect(sum(part!.accounts)).toBe(own)
    // The disc's file owns the program. The tables are the part's.
    const ownOf = (path: string): number | undefined =>
      part!.accounts.find((account) => account.path === `/[${name}]${path}`)?.own
    expect(ownOf('/EFI/BOOT/BOOTX64.EFI')).toBe(0)
    expect(ownOf('/EFI/BOOT')).toBe(512)
    expect(own).toBeLessThan(esp.length - 8192)
    expect(isoscope(['cat', at('shared.iso'), '/[EFI boot image]/EFI/BOOT/BOOTX64.EFI']).stdout.equals(program)).toBe(
      true,
    )
  })
})
