import { describe, expect, it } from 'vitest'
import { Problems } from '../../../parsers/bytes/problems.ts'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { runtimeParts } from '../../../parsers/elf/app-image.ts'
import { elfFile } from '../../../parsers/elf/elf-file.ts'
import { runtimeWith } from './runtime-writer.ts'

function partsOf(bytes: Uint8Array) {
  const source = bytesSource(bytes, 'app')
  const problems = new Problems(source)
  const { header, end } = elfFile(source)!
  const parts = runtimeParts(source, header, end, problems)
  return {
    parts: parts.map(({ name, offset, length }) => `${offset} ${length} ${name}`),
    said: problems.found().warnings.map(({ message }) => message),
  }
}

const SECTIONS = [
  ['.text', 100],
  ['.upd_info', 50],
  ['.digest_md5', 16],
] as const

describe('the runtime of an AppImage', () => {
  it('has its sections about the AppImage told apart, of either width and byte order', () => {
    for (const bits of [32, 64] as const) {
      for (const little of [true, false]) {
        const { bytes, places } = runtimeWith(SECTIONS, { bits, little })
        const [, update, digest] = places
        const { parts, said } = partsOf(bytes)
        expect(parts).toEqual([
          `${update} 50 AppImage update information (.upd_info)`,
          `${digest} 16 AppImage digest (.digest_md5)`,
          `0 ${update} AppImage runtime`,
          `${digest! + 16} ${bytes.length - digest! - 16} AppImage runtime`,
        ])
        expect(said).toEqual([])
      }
    }
  })

  it('is one part where its section headers lead elsewhere, and that is said', () => {
    const { bytes } = runtimeWith(SECTIONS, { set: { section: 2, offset: 2n ** 40n } })
    expect(partsOf(bytes)).toEqual({
      parts: [
        expect.stringContaining('.digest_md5'),
        expect.stringContaining('runtime'),
        expect.stringContaining('runtime'),
      ],
      said: [expect.stringMatching(/^app: section header of \.upd_info at 0x\w+: sh_offset: the section lies outside/)],
    })
    const nameless = runtimeWith(SECTIONS, { set: { section: 4, offset: 2n ** 40n } })
    expect(partsOf(nameless.bytes)).toEqual({
      parts: [`0 ${nameless.bytes.length} AppImage runtime`],
      said: [expect.stringMatching(/section name table at 0x\w+: sh_offset: it lies outside the file/)],
    })
  })
})
