import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { byteString } from '../../../parsers/bytes/byte-string.ts'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { formatOf, openAnyImage } from '../../../parsers/formats.ts'
import type { Image } from '../../../parsers/image.ts'
import { kernelConfig } from '../../../parsers/pe/kernel-config.ts'
import { openSource } from '../../../src/images/open-image.ts'
import { attribute } from '../../../src/inventory/attribution.ts'
import { concat, pack, text } from '../squashfs/writer.ts'
import { writeBzImage, writeImage, writeProgram, writeZboot } from './writer.ts'

const open = (bytes: Uint8Array): Image => openAnyImage(bytesSource(bytes, 'bzImage'))

function contents(bytes: Uint8Array): Record<string, Uint8Array> {
  const { image, reader } = openSource(bytesSource(bytes, 'bzImage'))
  const files = image.tree.entries.filter(({ type }) => type === 'file')
  return Object.fromEntries(
    files.map((entry) => [entry.name, concat(...[...reader.chunks(entry)].map((chunk) => chunk.slice()))]),
  )
}

function own(bytes: Uint8Array): Record<string, number> {
  const { accounts } = attribute(openSource(bytesSource(bytes, 'bzImage')))
  expect(accounts.reduce((sum, account) => sum + account.own, 0)).toBe(bytes.length)
  return Object.fromEntries(accounts.map(({ name, own: size }) => [name, size]))
}

const ELF = text('\x7fELF and the rest of a kernel '.repeat(50))
const ZSTD = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x20, 4, 0x21, 0, 0, 1, 2, 3, 4)

describe('a kernel for x86', () => {
  it('has its setup code, its payload and the rest as files', () => {
    const payload = gzipSync(ELF)
    const bytes = writeBzImage({ payload })
    expect(formatOf(bytesSource(bytes, 'a'))?.format.name).toBe('kernel')
    const files = contents(bytes)
    expect(Object.keys(files)).toEqual(['setup', 'decompressor', 'vmlinux.gz'])
    expect(files['setup']).toEqual(bytes.subarray(0, 5 * 512))
    expect(files['vmlinux.gz']).toEqual(Uint8Array.from(payload))
    expect(byteString(files['decompressor']!)).toMatch(/^head of the kernel\.+rest of the kernel\0*$/)
    expect(open(bytes).facts).toEqual({
      machine: 'x86',
      protocol: '2.15',
      version: '6.12.90 (builder@host) #1 SMP',
      release: '6.12.90',
      compression: 'gzip',
      unpackedSize: ELF.length,
    })
  })

  it('has the length behind the payload of any other compressor in no file', () => {
    const bytes = writeBzImage({ payload: concat(ZSTD, pack([4, 123_456])) })
    expect(contents(bytes)['vmlinux.zst']).toEqual(ZSTD)
    expect(open(bytes).facts).toMatchObject({ compression: 'zstd', unpackedSize: 123_456 })
    expect(own(bytes)['length of the payload']).toBe(4)
  })

  it.each([
    ['bzip2', 'vmlinux.bz2', text('BZh9 and more')],
    ['xz', 'vmlinux.xz', text('\xfd7zXZ\0 and more')],
    ['lz4', 'vmlinux.lz4', text('\x02\x21\x4c\x18 and more')],
    ['lzop', 'vmlinux.lzo', text('\x89LZO\0\r\n\x1a\n and more')],
    ['lzma', 'vmlinux.lzma', concat(pack([1, 0x5d], [4, 1 << 25], [8, -1]), text('\0 and more'))],
    ['unknown', 'vmlinux', text('what this is we do not know')],
  ])('with a payload of %s', (compression, name, stream) => {
    const bytes = writeBzImage({ payload: concat(stream, pack([4, 99])) })
    expect(open(bytes).facts['compression']).toBe(compression)
    expect(contents(bytes)[name]).toEqual(stream)
  })

  it('with a payload that is not compressed', () => {
    const bytes = writeBzImage({ payload: ELF })
    expect(open(bytes).facts['compression']).toBe('none')
    expect(contents(bytes)['vmlinux']).toEqual(ELF)
  })

  it('is a program that boots like one: Memtest86+ and iPXE have no payload', () => {
    const bytes = writeBzImage({ payload: text(''), version: 'Memtest86+ v6.10' })
    expect(Object.keys(contents(bytes))).toEqual(['setup', 'protected-mode-kernel'])
    expect(open(bytes).facts).toEqual({ machine: 'x86', protocol: '2.15', version: 'Memtest86+ v6.10' })
  })

  it('of an old protocol has neither payload nor a length that counts', () => {
    const bytes = writeBzImage({ protocol: 0x203, syssize: 1 })
    expect(Object.keys(contents(bytes))).toEqual(['setup', 'protected-mode-kernel'])
    expect(open(bytes).warnings).toEqual([])
  })

  it('names what is behind it', () => {
    expect(own(writeBzImage({ behind: text('behind') }))['data after the kernel']).toBe(6)
  })
})

describe('other kernels', () => {
  it.each([
    ['arm64', 'ARM\x64'],
    ['RISC-V', 'RSC\x05'],
  ] as const)('for %s', (machine, magic) => {
    const bytes = writeImage(magic, ELF)
    expect(open(bytes).facts).toEqual({ machine, compression: 'none' })
    expect(contents(bytes)['Image']).toEqual(ELF)
    expect(own(bytes)['image header']).toBe(64)
  })

  it('that unpack themselves under EFI', () => {
    const bytes = writeZboot(gzipSync(ELF), 'gzip')
    expect(contents(bytes)['vmlinux.gz']).toEqual(Uint8Array.from(gzipSync(ELF)))
    expect(open(bytes).facts).toEqual({ compression: 'gzip', unpackedSize: ELF.length })
    const zstd = writeZboot(concat(ZSTD, pack([4, 777])), 'zstd', { size: ZSTD.length })
    expect(contents(zstd)['vmlinux.zst']).toEqual(ZSTD)
    expect(open(zstd).facts).toEqual({ compression: 'zstd', unpackedSize: 777 })
    expect(own(zstd)['length of the payload']).toBe(4)
  })

  it('are not PE programs, and a PE program is no kernel', () => {
    expect(formatOf(bytesSource(writeProgram(), 'a'))?.format.name).toBe('pe')
    expect(formatOf(bytesSource(writeZboot(ZSTD, 'zstd'), 'a'))?.format.name).toBe('kernel')
  })
})

describe('the configuration of a kernel', () => {
  const config = text('CONFIG_IKCONFIG=y\nCONFIG_SQUASHFS=y\n'.repeat(500))
  const marked = concat(text('IKCFG_ST'), gzipSync(config), text('IKCFG_ED'))

  it('is found wherever it lies', () => {
    for (const before of [0, 1, 1000, (1 << 20) - 8, (1 << 20) - 4, (1 << 20) - 1, 1 << 20, 3 << 20]) {
      const source = bytesSource(concat(new Uint8Array(before).fill(73), marked, text('more')), 'vmlinux')
      expect(kernelConfig(source), String(before)).toEqual(config)
    }
  })

  it('is not what only begins like it', () => {
    expect(kernelConfig(bytesSource(text('IKCFG_ST'), 'vmlinux'))).toBeUndefined()
    expect(kernelConfig(bytesSource(concat(text('IKCFG_ST'), gzipSync(config)), 'vmlinux'))).toBeUndefined()
    expect(kernelConfig(bytesSource(concat(text('IKCFG_ST and text '), marked), 'vmlinux'))).toEqual(config)
    expect(kernelConfig(bytesSource(text('IKCFG_ST'.repeat(5000)), 'vmlinux'))).toBeUndefined()
    expect(kernelConfig(bytesSource(new Uint8Array(0), 'vmlinux'))).toBeUndefined()
  })

  it('is not unpacked without end', () => {
    const bomb = concat(text('IKCFG_ST'), gzipSync(new Uint8Array(40 << 20)), text('IKCFG_ED'))
    expect(kernelConfig(bytesSource(bomb, 'vmlinux'))).toBeUndefined()
  })
})
