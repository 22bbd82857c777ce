import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { formatOf, openAnyImage } from '../../../parsers/formats.ts'
import { openSource, resolvePath } from '../../../src/index.ts'
import { attribute } from '../../../src/inventory/attribution.ts'
import { concat, text } from '../squashfs/writer.ts'
import { writeBzImage, writeVmlinux } from './writer.ts'

const CONFIG = gzipSync('CONFIG_IKCONFIG=y\n'.repeat(50))
const RODATA = concat(text('before IKCFG_ST'), CONFIG, text('IKCFG_ED after'))
const SECTIONS = [
  { name: '.text', content: text('code '.repeat(1000)) },
  { name: '.rodata', content: RODATA },
  { name: '.bss', content: text('not in the file'), type: 8 },
  { name: '.text', content: text('the same name') },
  { name: 'a/b', content: text('x') },
  { name: 'config.gz', content: text('a section') },
]

const openVmlinux = (bytes: Uint8Array) => openSource(bytesSource(bytes, 'vmlinux'))

describe('an unpacked kernel', () => {
  it('has its sections as files, and its configuration', () => {
    const bytes = writeVmlinux({ sections: SECTIONS })
    const { image, reader } = openVmlinux(bytes)
    expect(image.format.name).toBe('vmlinux')
    expect(image.facts).toEqual({ machine: 'x86-64', configuration: true })
    const files = image.tree.entries.slice(1).map((entry) => {
      return [entry.name, Buffer.concat([...reader.chunks(entry)].map((chunk) => Buffer.from(chunk)))] as const
    })
    const [before, after] = ['before IKCFG_ST', 'IKCFG_ED after'].map((part) => Buffer.from(part)) as [Buffer, Buffer]
    expect(files).toEqual([
      ['.text', Buffer.from(SECTIONS[0]!.content)],
      ['.rodata', Buffer.concat([before, after])],
      ['.text.2', Buffer.from(SECTIONS[3]!.content)],
      ['section 5', Buffer.from('x')],
      ['config.gz.2', Buffer.from('a section')],
      ['.shstrtab', expect.any(Buffer)],
      ['config.gz', CONFIG],
    ])
    const { accounts, complete } = attribute(openVmlinux(bytes))
    expect(accounts.reduce((sum, { own }) => sum + own, 0)).toBe(bytes.length)
    expect(complete).toBe(true)
    expect(accounts.find(({ name }) => name === 'program header table')?.own).toBe(56)
  })

  it('is what the payload of a kernel unpacks to', () => {
    const open = openSource(
      bytesSource(writeBzImage({ payload: gzipSync(writeVmlinux({ sections: SECTIONS })) }), 'bzImage'),
    )
    const found = resolvePath(open, '/vmlinux.gz/.rodata')
    if ('missing' in found) throw new Error(found.missing)
    expect(found.entry.size).toBe(RODATA.length - CONFIG.length)
    open.close()
  })

  it.each([
    ['a program', { address: 0x400000n }],
    ['an object file', { type: 1 }],
    ['a core dump', { type: 4 }],
    ['a big-endian one', { byteOrder: 2 }],
    ['a 32-bit one', { bits: 1 }],
    ['one whose segments lie behind its end', { phoff: 1 << 20 }],
  ])('is not %s', (_, fields) => {
    expect(formatOf(bytesSource(writeVmlinux({ sections: SECTIONS, ...fields }), 'elf'))?.format.name).not.toBe(
      'vmlinux',
    )
  })

  it('adds up wherever it is cut, and says that it is', () => {
    const bytes = writeVmlinux({ sections: SECTIONS })
    for (let length = 120; length < bytes.length; length += 97) {
      const cut = bytes.subarray(0, length)
      const { accounts, complete, warnings } = attribute(openVmlinux(cut))
      expect([length, accounts.reduce((sum, { own }) => sum + own, 0)]).toEqual([length, length])
      expect([length, complete]).toEqual([length, false])
      expect(warnings[0]?.message).toMatch(/vmlinux: .* at 0x/)
    }
  })

  it('is shown without section headers', () => {
    const image = openAnyImage(bytesSource(writeVmlinux({ sections: SECTIONS, shnum: 0 }), 'vmlinux'))
    expect(image.tree.entries.map(({ name }) => name)).toEqual(['', 'config.gz'])
    const { accounts } = attribute(openVmlinux(writeVmlinux({ sections: SECTIONS, shnum: 0 })))
    expect(accounts.find(({ kind }) => kind === 'gap')?.name).toBe('content of no section')
  })
})
