import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { openAnyImage } from '../../../parsers/formats.ts'
import { initrd } from '../../../parsers/initrd/format.ts'
import { archive, folder, member, padded } from '../cpio/writer.ts'
import { concat, text } from '../squashfs/writer.ts'
import { examine, refusal } from './examine.ts'

const zeros = (count: number): Uint8Array => new Uint8Array(count)
const early = padded(archive(folder('kernel'), { name: 'kernel/microcode.bin', content: 'code' }), 512)
const main = padded(archive({ name: 'init', content: 'main '.repeat(1000) }), 512)
const recognised = (bytes: Uint8Array): string => initrd.recognise(bytesSource(bytes, 'test.img'))

describe('a sequence of archives', () => {
  it('is the file itself if none is compressed', () => {
    const bytes = concat(early, main)
    const { image, paths, complete } = examine(bytes)
    expect(image.source.origin.kind).toBe('root')
    expect(image.facts).toEqual({ archives: 2, compression: 'none' })
    expect(paths).toEqual(['/', '/init', '/kernel', '/kernel/microcode.bin'])
    expect(complete).toBe(true)
  })

  it('is one stream, with microcode before the main archive', () => {
    const packed = gzipSync(main)
    const { image, content, own, complete, warnings } = examine(concat(early, packed))
    expect({ complete, warnings }).toEqual({ complete: true, warnings: [] })
    expect(image.facts).toEqual({ archives: 2, compression: 'none, gzip' })
    expect(image.source.size).toBe(early.length + main.length)
    expect(content).toEqual({ '/init': 'main '.repeat(1000), '/kernel/microcode.bin': 'code' })
    expect(own['archive trailers']).toBe(248)
    const { origin } = image.source
    if (origin.kind !== 'stream') throw new Error('it is no stream')
    // The microcode, the header of gzip, one block, the trailer of gzip.
    expect([...origin.blocks.isStored]).toEqual([1, 0, 0, 0])
    expect([...origin.blocks.storedStarts]).toEqual([
      0,
      early.length,
      early.length + 10,
      early.length + packed.length - 8,
      early.length + packed.length,
    ])
  })

  it('has compressed archives one after the other, at any place, and zeros between them', () => {
    const packed = [gzipSync(main), gzipSync(padded(archive({ name: 'init', content: 'last' }), 512))] as const
    for (const bytes of [
      concat(...packed),
      concat(packed[0], zeros(3), packed[1], zeros(5)),
      concat(early, zeros(512), padded(packed[0]), early, packed[1], zeros(1)),
    ]) {
      const { content, complete, warnings, image } = examine(bytes)
      expect({ complete, warnings }).toEqual({ complete: true, warnings: [] })
      expect(content['/init']).toBe('last')
      expect(image.facts['compression']).toMatch(/^(none, )?gzip(, none, gzip)?$/)
    }
  })

  it('may have a plain archive after a compressed one', () => {
    const packed = gzipSync(main)
    const aligned = concat(packed, zeros((4 - (packed.length % 4)) % 4))
    expect(examine(concat(aligned, early))).toMatchObject({ complete: true, warnings: [] })
    const { warnings, paths } = examine(concat(aligned, zeros(1), early))
    expect(warnings).toEqual([
      expect.stringMatching(/^test\.img: cpio archive at 0x[0-9a-f]+: it does not begin at a multiple of 4 bytes/),
    ])
    expect(paths).toContain('/kernel/microcode.bin')
  })

  it('may have archives without a trailer', () => {
    const plain = concat(member({ name: 'a' }), zeros(512), main)
    expect(examine(plain)).toMatchObject({ complete: true, paths: ['/', '/a', '/init'] })
    expect(examine(plain).warnings).toEqual([expect.stringMatching(/cpio archive at 0x70: it ends without a trailer/)])
    const { complete, warnings } = examine(member({ name: 'a' }))
    expect(complete).toBe(false)
    expect(warnings).toEqual([expect.stringMatching(/it ends without a trailer, so members may be missing/)])
  })

  it('names data that is no archive', () => {
    const { own, warnings, complete } = examine(concat(early, text('hsqs, or anything else'), zeros(10)))
    expect(own['data after the archives']).toBe(32)
    expect(warnings).toEqual([
      `test.img: data after the archives at 0x${early.length.toString(16)}: it is no cpio archive, and not the start of a compressed one; it is left out`,
    ])
    expect(complete).toBe(true)
    // A stream that holds no archive is no archive.
    expect(examine(concat(early, gzipSync(text('other content')))).own['data after the archives']).toBeGreaterThan(10)
    const inside = examine(gzipSync(concat(main, text('junk'))))
    expect(inside.own['data after the archives']).toBe(4)
    expect(inside.warnings).toEqual([expect.stringMatching(/data after the archive in a compressed stream/)])
  })

  it('reads a bounded number of compressed archives', () => {
    const packed = gzipSync(main)
    // Other bytes between them, because gzip members that follow each other are one stream.
    const bytes = concat(packed, zeros(4), packed, zeros(4), packed)
    const { warnings, complete, own } = examine(bytes, { archives: 2 })
    expect(warnings.join('\n')).toMatch(/too many compressed archives; the rest is left out; the limit is archives=2,/)
    expect(complete).toBe(false)
    expect(own['data after the archives']).toBe(packed.length)
  })
})

describe('recognition', () => {
  it.each<[string, Uint8Array, 'yes' | 'no' | 'damaged']>([
    ['an archive', main, 'yes'],
    ['one of odc', archive({ name: 'a', format: 'odc' }), 'yes'],
    ['one of crc', archive({ name: 'a', format: 'crc' }), 'yes'],
    ['zeros, then an archive', concat(zeros(512), main), 'yes'],
    ['a compressed archive', gzipSync(main), 'yes'],
    ['a compressed archive that is cut short', gzipSync(main).subarray(0, -20), 'yes'],
    ['zeros, then a compressed one', concat(zeros(4), gzipSync(main)), 'yes'],
    ['an empty archive', archive(), 'yes'],
    ['an empty archive of odc, compressed', gzipSync(archive({ name: 'x', format: 'odc' }).subarray(78)), 'yes'],
    ['a digit that is none', concat(text('070701'), text('g'.repeat(200))), 'damaged'],
    ['a header that is cut short', main.subarray(0, 50), 'damaged'],
    ['no name', member({ name: '', namesize: 0, writtenName: '' }), 'damaged'],
    ['another compressed file', gzipSync(text('070701 is what it begins with')), 'no'],
    ['a damaged compressed file', concat(Uint8Array.of(0x1f, 0x8b), text('damage')), 'no'],
    ['text', text('some text'), 'no'],
    ['zeros', zeros(100_000), 'no'],
    ['nothing', zeros(0), 'no'],
  ])('of %s', (_, bytes, answer) => {
    expect(recognised(bytes)).toBe(answer)
  })

  it('does not unpack a large file to say no', () => {
    const packed = gzipSync(Buffer.alloc(50 << 20), { level: 1 })
    let read = 0
    const { read: plain, readInto, ...source } = bytesSource(packed, 'large.gz')
    const counted = {
      ...source,
      read(offset: number, length: number) {
        read += length
        return plain(offset, length)
      },
      readInto(target: Uint8Array, offset: number, length: number) {
        read += length
        readInto(target, offset, length)
      },
    }
    expect(initrd.recognise(counted)).toBe('no')
    expect(read).toBeLessThan(10_000)
  })

  it('says why it cannot open what is damaged', () => {
    expect(refusal(concat(text('070701'), text('g'.repeat(200))))).toBe(
      'test.img: newc header at 0x6: ino: is not a number, so the members from here on cannot be found; expected hexadecimal digits',
    )
    expect(refusal(main.subarray(0, 50))).toBe(
      'test.img: newc header at 0x0: the file ends in it; found 50 bytes, expected 110',
    )
    expect(refusal(text('nothing of the kind'))).toBe('test.img: first bytes at 0x0: no cpio archive begins here')
  })

  it('has one tree', () => {
    expect(() => openAnyImage(bytesSource(main, 'test.img'), { nameTree: 'joliet' })).toThrow(/an initrd has one tree/)
    expect(openAnyImage(bytesSource(main, 'test.img')).tree.count).toBe(2)
  })
})

describe('a part of an initrd', () => {
  /** Content that does not compress well, so that it has several blocks. */
  const noise = (size: number): Uint8Array => {
    const bytes = new Uint8Array(size)
    let state = 1
    for (let index = 0; index < size; index += 1) {
      state = (state * 48271) % 0x7fffffff
      bytes[index] = (state >>> 8) & 0x3f
    }
    return bytes
  }
  const large = padded(archive({ name: 'a', content: noise(100_000) }, { name: 'b', content: noise(200_000) }), 512)

  it.each([0.3, 0.6, 0.99])('is shown where gzip is cut short at %d', (share) => {
    const packed = gzipSync(large)
    const bytes = concat(early, packed.subarray(0, packed.length * share))
    const { warnings, complete, content, image } = examine(bytes)
    expect(complete).toBe(false)
    expect(warnings.join('\n')).toMatch(/^test\.img: .* \(0x[0-9a-f]+ of the outer file\)/m)
    expect(content['/kernel/microcode.bin']).toBe('code')
    const whole = Buffer.from(noise(100_000)).toString('latin1')
    expect(whole.startsWith(content['/a']!)).toBe(true)
    expect(content['/a']!.length).toBeGreaterThan(share * 80_000)
    expect(image.source.size).toBeGreaterThan(early.length + share * large.length * 0.8)
  })

  it.each([0.3, 0.6, 0.99])('is shown where gzip is damaged at %d', (share) => {
    const packed = Uint8Array.from(gzipSync(large))
    packed.fill(0xff, packed.length * share, packed.length * share + 20)
    const { complete, content } = examine(concat(early, packed, early))
    expect(complete).toBe(false)
    expect(content['/kernel/microcode.bin']).toBe('code')
  })

  it('adds up wherever it is cut', () => {
    const bytes = concat(early, gzipSync(padded(archive({ name: 'x', content: noise(4000) }), 512)), early)
    for (let size = 0; size < bytes.length; size += 7) {
      const cut = bytes.subarray(0, size)
      const answer = recognised(cut)
      if (answer === 'yes') examine(cut)
      else if (answer === 'damaged') expect(refusal(cut)).not.toBe('')
    }
  })
})
