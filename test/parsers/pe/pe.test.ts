import { describe, expect, it } from 'vitest'
import { byteString } from '../../../parsers/bytes/byte-string.ts'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { formatOf, openAnyImage } from '../../../parsers/formats.ts'
import type { Image } from '../../../parsers/image.ts'
import { openSource } from '../../../src/images/open-image.ts'
import { attribute } from '../../../src/inventory/attribution.ts'
import { concat, text } from '../squashfs/writer.ts'
import { writeBzImage, writeProgram } from './writer.ts'

const open = (bytes: Uint8Array): Image => openAnyImage(bytesSource(bytes, 'test.efi'))

/** Content by name. */
function contents(bytes: Uint8Array): Record<string, string> {
  const { image, reader } = openSource(bytesSource(bytes, 'test.efi'))
  const files = image.tree.entries.filter(({ type }) => type === 'file')
  return Object.fromEntries(
    files.map((entry) => [entry.name, byteString(concat(...[...reader.chunks(entry)].map((chunk) => chunk.slice())))]),
  )
}

/** Own bytes by account. */
function own(bytes: Uint8Array): Record<string, number> {
  const { accounts } = attribute(openSource(bytesSource(bytes, 'test.efi')))
  expect(accounts.reduce((sum, account) => sum + account.own, 0)).toBe(bytes.length)
  return Object.fromEntries(accounts.map(({ name, own: size }) => [name, size]))
}

const unified = {
  sections: [
    { name: '.text', content: text('code') },
    { name: '.osrel', content: text('ID=nixos\nPRETTY_NAME="NixOS 26.05 (Yarara)"\nVERSION=26.05\n') },
    { name: '.cmdline', content: text('init=/nix/store/x/init quiet\n\0\0') },
    { name: '.uname', content: text('6.12.90') },
    { name: '.linux', content: writeBzImage() },
    { name: '.initrd', content: text('an initrd '.repeat(100)) },
  ],
}

describe('a program in PE format', () => {
  it('has its sections as files, without the padding of each', () => {
    const bytes = writeProgram(unified)
    expect(formatOf(bytesSource(bytes, 'a'))?.format.name).toBe('pe')
    const files = contents(bytes)
    expect(Object.keys(files)).toEqual(['.text', '.osrel', '.cmdline', '.uname', '.linux', '.initrd'])
    expect(files['.initrd']).toBe('an initrd '.repeat(100))
    expect(files['.text']).toBe('code')
  })

  it('tells the facts of a unified kernel image', () => {
    expect(open(writeProgram(unified)).facts).toEqual({
      machine: 'x86-64',
      subsystem: 'EFI application',
      unifiedKernel: true,
      uname: '6.12.90',
      osRelease: 'NixOS 26.05 (Yarara)',
      commandLine: 'init=/nix/store/x/init quiet',
    })
    expect(open(writeProgram({ machine: 0xaa64, subsystem: 3, bits: 32 })).facts).toEqual({
      machine: 'ARM64',
      subsystem: 'Windows console',
      unifiedKernel: false,
    })
  })

  it('gives each section its padding, and names headers, certificates and what is behind', () => {
    const certificates = text('a certificate'.padEnd(72, '.'))
    const bytes = writeProgram({ ...unified, certificates, overlay: text('overlay') })
    const sizes = own(bytes)
    expect(sizes['/.text']).toBe(512)
    expect(sizes['/.initrd']).toBe(1024)
    expect(sizes['MS-DOS header']).toBe(64)
    expect(sizes['MS-DOS stub']).toBe(64)
    expect(sizes['PE headers']).toBe(24 + 240)
    expect(sizes['section table']).toBe(6 * 40)
    expect(sizes['certificate table']).toBe(72)
    expect(sizes['data after the sections']).toBe(7)
  })

  it('finds the certificate table of both kinds of headers', () => {
    for (const bits of [32, 64] as const) {
      const bytes = writeProgram({
        bits,
        sections: [{ name: '.text', content: text('x') }],
        certificates: text('12345678'),
      })
      expect(own(bytes)['certificate table']).toBe(8)
    }
  })

  it('opens the kernel inside, which a path leads to', () => {
    const outer = openSource(bytesSource(writeProgram(unified), 'test.efi'))
    const linux = outer.image.tree.entries.find(({ name }) => name === '.linux')!
    expect(outer.tried).toContain(linux.index)
    expect(outer.nested(linux)?.image.facts['release']).toBe('6.12.90')
  })

  it('takes long names from the string table, and numbers names that are there twice', () => {
    const sections = ['/4', '.dtbauto', '.dtbauto', '/22', '.dtbauto'].map((name) => ({ name, content: text('x') }))
    const bytes = writeProgram({ sections, strings: ['.a_section_name_x', '.debug_information'], symbols: 3 })
    const { tree, warnings } = open(bytes)
    expect(warnings).toEqual([])
    expect(tree.entries.map(({ name }) => name)).toEqual([
      '',
      '.a_section_name_x',
      '.dtbauto',
      '.dtbauto.2',
      '.debug_information',
      '.dtbauto.3',
    ])
  })

  it('has no file content for what is zeros in memory alone', () => {
    const sections = [
      { name: '.bss', content: text(''), virtualSize: 0x10000, pointer: 0 },
      { name: '.data', content: text('some data'), virtualSize: 0x10000 },
      { name: '.old', content: text('whole'), virtualSize: 0 },
    ]
    const files = contents(writeProgram({ sections }))
    expect(files['.bss']).toBe('')
    expect(files['.data']).toBe('some data'.padEnd(512, '\0'))
    expect(files['.old']).toBe('whole'.padEnd(512, '\0'))
  })
})
