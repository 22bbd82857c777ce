import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bytesSource } from '../../parsers/bytes/source.ts'
import type { Entry } from '../../parsers/image.ts'
import { type OpenImage, openSource } from '../../src/images/open-image.ts'
import { attribute } from '../../src/inventory/attribution.ts'
import { describeWith, eachWith, mustRun, runTool } from '../oracle.ts'
import { writeBzImage } from '../parsers/pe/writer.ts'
import { concat, pack } from '../parsers/squashfs/writer.ts'

let work = ''
const at = (name: string): string => join(work, name)

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'isoscope-pe-'))
})
afterAll(() => rmSync(work, { recursive: true, force: true }))

const open = (path: string): OpenImage => openSource(bytesSource(Uint8Array.from(readFileSync(path)), 'test.efi'))
const filesOf = ({ image }: OpenImage): Entry[] => image.tree.entries.filter(({ type }) => type === 'file')
const contentOf = ({ reader }: OpenImage, entry: Entry): Buffer =>
  Buffer.concat([...reader.chunks(entry)].map((chunk) => Buffer.from(chunk)))

/** A kernel proper: an ELF program of 200 KB, half of which is the same byte. */
const VMLINUX = concat(
  Buffer.from('\x7fELF', 'latin1'),
  Uint8Array.from({ length: 100_000 }, (_, index) => (index * index * 31) >> 5),
  new Uint8Array(100_000).fill(7),
)

describeWith(['as', 'ld', 'objcopy', 'objdump'], 'PE programs', () => {
  /** An EFI program, as a boot stub is built. */
  const makeStub = (): string => {
    writeFileSync(
      at('stub.s'),
      '.globl efi_main\nefi_main: ret\n.data\n.long 1, 2, 3\n.section .sbat, "a"\n.ascii "sbat,1"\n',
    )
    mustRun('as', ['-o', at('stub.o'), at('stub.s')])
    const efi = ['-m', 'i386pep', '--subsystem', '10', '-e', 'efi_main']
    if (runTool('ld', [...efi, '-o', at('stub.efi'), at('stub.o')]).code !== 0) {
      mustRun('objcopy', ['-O', 'efi-app-x86_64', at('stub.o'), at('stub.efi')])
    }
    return at('stub.efi')
  }

  /** The sections that objdump lists, with the length and the file offset of each. */
  const byObjdump = (path: string): { name: string; size: number; offset: number }[] =>
    [
      ...mustRun('objdump', ['-h', path])
        .toString()
        .matchAll(/^ *\d+ (\S+) +(\w{8}) +\w+ +\w+ +(\w{8})/gm),
    ].map(([, name, size, offset]) => ({
      name: name!,
      size: Number.parseInt(size!, 16),
      offset: Number.parseInt(offset!, 16),
    }))

  /** A unified kernel image, as objcopy makes it from a stub (systemd-stub(7)). */
  const makeUnified = (): string => {
    const parts: Readonly<Record<string, Uint8Array>> = {
      '.osrel': Buffer.from('ID=test\nPRETTY_NAME="A test"\n'),
      '.cmdline': Buffer.from('root=LABEL=x quiet'),
      '.uname': Buffer.from('6.12.90'),
      '.initrd': Buffer.from('an initrd '.repeat(1234)),
      '.linux': writeBzImage({ payload: VMLINUX }),
      '.a_long_section_name': Buffer.from('whose name is in the string table'),
    }
    const args = Object.entries(parts).flatMap(([name, bytes], index) => {
      writeFileSync(at(`part${index}`), bytes)
      const section = ['--add-section', `${name}=${at(`part${index}`)}`]
      return [...section, '--change-section-vma', `${name}=0x${(0x20_0000 * (index + 1)).toString(16)}`]
    })
    mustRun('objcopy', [...args, makeStub(), at('unified.efi')])
    return at('unified.efi')
  }

  it.each([
    ['a stub', makeStub],
    ['a unified kernel image', makeUnified],
  ])('%s has the sections that objdump lists, with the contents that objcopy takes out', (_, make) => {
    const path = make()
    const image = open(path)
    const listed = byObjdump(path).filter(({ size }) => size > 0)
    expect(listed.length).toBeGreaterThan(1)
    const ours = filesOf(image).map((entry) => {
      const [extent] = image.image.extents(entry)
      return { name: entry.name, size: entry.size, offset: extent?.offset }
    })
    expect(ours.filter(({ size }) => size > 0)).toEqual(listed)
    for (const entry of filesOf(image)) {
      mustRun('objcopy', ['-O', 'binary', `--only-section=${entry.name}`, path, at('only')])
      // objcopy pads to the alignment of the section or takes it as it is, by version.
      const only = readFileSync(at('only')).subarray(0, entry.size)
      expect(contentOf(image, entry).equals(only), entry.name).toBe(true)
    }
    const { accounts, warnings } = attribute(image)
    expect(warnings).toEqual([])
    expect(accounts.reduce((sum, { own }) => sum + own, 0)).toBe(readFileSync(path).length)
  })

  it('a unified kernel image has its texts as facts, and its kernel opens', () => {
    const image = open(makeUnified())
    expect(image.image.facts).toMatchObject({
      ...{ machine: 'x86-64', subsystem: 'EFI application' },
      ...{ uname: '6.12.90', osRelease: 'A test', commandLine: 'root=LABEL=x quiet' },
    })
    const inner = image.nested(filesOf(image).find(({ name }) => name === '.linux')!)
    expect(inner?.image.facts['compression']).toBe('none')
  })
})

describeWith(['file'], 'kernels', () => {
  const STREAMS: Readonly<Record<string, readonly string[]>> = {
    gzip: ['-nc9'],
    xz: ['-c', '--check=crc32', '--x86', '--lzma2=dict=1MiB'],
    zstd: ['-qc', '-19'],
    lz4: ['-lc9'],
    bzip2: ['-c9'],
    lzop: ['-c9'],
  }

  eachWith(
    Object.keys(STREAMS).map((tool): [string] => [tool]),
    (tool) => [tool],
    'with a payload of %s, which the tool unpacks',
    (tool) => {
      const stream = mustRun(tool, STREAMS[tool]!, { input: VMLINUX })
      // All but gzip have the length behind them (kernel: scripts/Makefile.lib, size_append).
      const payload = tool === 'gzip' ? stream : concat(stream, pack([4, VMLINUX.length]))
      const version = '6.12.90 (builder@host) #1-NixOS SMP Thu Jan 1 00:00:00 UTC 1970'
      writeFileSync(at('bzImage'), writeBzImage({ payload, version }))
      const image = open(at('bzImage'))
      const vmlinux = filesOf(image).find(({ name }) => name.startsWith('vmlinux.'))!
      const stored = contentOf(image, vmlinux)
      expect(stored.equals(stream)).toBe(true)
      expect(mustRun(tool, ['-dc'], { input: stored }).equals(VMLINUX)).toBe(true)
      expect(image.image.facts).toMatchObject({ compression: tool, unpackedSize: VMLINUX.length, release: '6.12.90' })
      const told = mustRun('file', ['-b', at('bzImage')]).toString()
      expect(told).toContain('Linux kernel x86 boot executable')
      expect(told).toContain(`version ${image.image.facts['version']}`)
    },
  )
})

describeWith(['as', 'ld', 'readelf', 'objcopy'], 'unpacked kernels', () => {
  it('have the sections that readelf lists, with the content that objcopy takes out', () => {
    const config = 'CONFIG_IKCONFIG=y\nCONFIG_BTF=y\n'
    writeFileSync(at('config.gz'), mustRun('gzip', ['-9n'], { input: Buffer.from(config) }))
    writeFileSync(
      at('kernel.s'),
      `.text\n.globl _start\n_start: ret\n.fill 5000, 1, 0x90\n.data\n.long 1, 2, 3\n.bss\n.skip 70000\n` +
        `.section .rodata, "a"\n.ascii "text IKCFG_ST"\n.incbin "${at('config.gz')}"\n.ascii "IKCFG_ED more"\n` +
        `.section .init.text, "ax"\nnop\n.section .BTF, "a"\n.fill 3000, 4, 0x12345678\n`,
    )
    mustRun('as', ['-o', at('kernel.o'), at('kernel.s')])
    mustRun('ld', ['-Ttext=0xffffffff81000000', '-e', '_start', '-o', at('vmlinux.elf'), at('kernel.o')])
    mustRun('objcopy', ['-S', at('vmlinux.elf'), at('vmlinux')])
    const rows = mustRun('readelf', ['-SW', at('vmlinux')])
      .toString()
      .matchAll(/^ +\[ *\d+\] (\S+) +(\S+) +[0-9a-f]+ +([0-9a-f]+) +([0-9a-f]+) /gm)
    const listed = Array.from(rows, ([, name, type, offset, size]) => {
      return { name: name!, type: type!, offset: Number.parseInt(offset!, 16), size: Number.parseInt(size!, 16) }
    }).filter(({ type, size }) => type !== 'NULL' && type !== 'NOBITS' && size > 0)
    const opened = open(at('vmlinux'))
    expect(opened.image.format.name).toBe('vmlinux')
    const files = new Map(filesOf(opened).map((entry) => [entry.name, contentOf(opened, entry)]))
    expect(mustRun('gzip', ['-dc'], { input: files.get('config.gz')! }).toString()).toBe(config)
    expect([...files.keys()].filter((name) => name !== 'config.gz')).toEqual(listed.map(({ name }) => name))
    expect(listed.length).toBeGreaterThanOrEqual(6)
    for (const { name, offset, size } of listed) {
      if (name === '.shstrtab') continue
      mustRun('objcopy', ['-O', 'binary', `--only-section=${name}`, at('vmlinux'), at('section')])
      const content = readFileSync(at('section'))
      expect(content.equals(readFileSync(at('vmlinux')).subarray(offset, offset + size))).toBe(true)
      const ours = files.get(name)!
      const isWhole = name !== '.rodata'
      const expected = isWhole
        ? content
        : Buffer.from(content.toString('latin1').replace(files.get('config.gz')!.toString('latin1'), ''), 'latin1')
      expect([name, ours.equals(expected)]).toEqual([name, true])
    }
    const { accounts, complete } = attribute(opened)
    expect(accounts.reduce((sum, { own }) => sum + own, 0)).toBe(readFileSync(at('vmlinux')).length)
    expect(complete).toBe(true)
  })
})
