import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { Random } from '../../../fuzz/random.js'
import { FormatError } from '../../../parsers/bytes/errors.ts'
import { type ByteSource, bytesSource } from '../../../parsers/bytes/source.ts'
import { recogniseImage } from '../../../parsers/detect/found-image.ts'
import { detectFormat, nameFile } from '../../../parsers/detect/name-file.ts'
import { DISCS, SQUASHFS } from '../../cli/hostile-images.ts'
import { archive } from '../cpio/writer.ts'
import { latin1 } from '../iso9660/image-builder.ts'
import { concat, pack, text } from '../squashfs/writer.ts'

const IMAGES = fileURLToPath(new URL('../../../fixtures/images/', import.meta.url))

const source = (bytes: Uint8Array, name = 'file.img'): ByteSource => bytesSource(bytes, name)
const named = (bytes: Uint8Array, path?: string): string => nameFile(source(bytes), path).message

/** Bytes with some set at places. */
function withParts(
  size: number,
  ...parts: readonly (readonly [offset: number, bytes: Uint8Array | string])[]
): Uint8Array {
  const bytes = new Uint8Array(size)
  for (const [offset, part] of parts) bytes.set(typeof part === 'string' ? latin1(part) : part, offset)
  return bytes
}

describe('what is an image', () => {
  const stored = readdirSync(IMAGES)
    .filter((name) => /\.(iso|squashfs)$/.test(name))
    .map((name) => ({ name, isNone: false, make: (): Uint8Array => readFileSync(join(IMAGES, name)) }))
  const made = [DISCS, SQUASHFS].flatMap((kinds) =>
    Object.values(kinds)
      .flat()
      .map(({ name, said, bytes }) => ({
        name: `${name}.${kinds === DISCS ? 'iso' : 'squashfs'}`,
        isNone: said?.source === 'this is not in a known format',
        make: bytes,
      })),
  )
  const files = [...stored, ...made]

  it.each(files)('$name is recognised as what it is, and where it begins', ({ name, isNone, make }) => {
    const bytes = make()
    const format = name.endsWith('.iso') ? 'iso9660' : 'squashfs'
    const found = isNone ? undefined : { format, offset: 0, size: bytes.length }
    const image = recogniseImage(source(bytes))
    expect(image && { ...image, format: image.format.name }).toEqual(found)
    if (isNone) expect(() => detectFormat(source(bytes))).toThrow('this is not in a known format')
    else expect(detectFormat(source(bytes))).toBe(format)
  })

  it('has every fixture, and one that is none', () => {
    expect(files.length).toBeGreaterThan(100)
    expect(files.filter(({ isNone }) => isNone)).toHaveLength(1)
  })
})

describe('bytes of no kind', () => {
  it('are given no name, whatever their number', () => {
    const random = new Random(1)
    for (let round = 0; round < 300; round += 1) {
      const size = 1 + random.below(round % 10 === 0 ? 70_000 : 3000)
      const bytes = Uint8Array.from({ length: size }, () => random.below(256))
      // No text, no zeros, and no one of the signatures of two bytes at its start.
      bytes[0] = 0xee
      const message = named(bytes)
      expect(message).toMatch(/this (has a boot sector and )?is not in a known format/)
    }
  })

  it('are read no further than to the first that is not zero', () => {
    let read = 0
    const huge: ByteSource = {
      name: 'huge',
      size: 2 ** 52,
      origin: { kind: 'root' },
      read(_, length) {
        read += length
        return new Uint8Array(length)
      },
      readInto() {},
      close() {},
    }
    const started = process.cpuUsage()
    expect(nameFile(huge).message).toMatch(/this begins with 268435456 zeros and is not in a known format/)
    expect(read).toBeLessThan(300 << 20)
    const { user, system } = process.cpuUsage(started)
    expect(user + system).toBeLessThan(15_000_000)
  })
})

describe('a file that is no image', () => {
  it.each<[string, Uint8Array, RegExp]>([
    ['kernel for ARM', withParts(4096, [36, '\x18\x28\x6f\x01']), /a Linux kernel for ARM \(zImage\); it has no files/],
    [
      'uImage',
      withParts(4096, [0, '\x27\x05\x19\x56']),
      /a U-Boot image \(uImage\), usually a Linux kernel; it has no/,
    ],
    ['PE header beyond the end', withParts(128, [0, 'MZ'], [0x3c, pack([4, 0xfffffff0])]), /not in a known format/],
    [
      'qcow2',
      withParts(4096, [0, 'QFI\xfb\0\0\0\x03']),
      /\(qcow2\); qemu-img convert -O raw file\.img file\.img\.raw converts/,
    ],
    ['DMG', withParts(4096, [4096 - 512, 'koly']), /last bytes at 0xe00: this is an Apple disk image \(DMG\); 7zz l/],
    ['NRG', withParts(4096, [4096 - 12, 'NER5']), /Nero disc image/],
    ['WIM', withParts(4096, [0, 'MSWIM\0\0\0']), /Windows image \(WIM\)/],
    ['deb', withParts(200, [0, '!<arch>\ndebian-binary   ']), /a Debian package; dpkg-deb -c/],
    ['rpm', withParts(200, [0, '\xed\xab\xee\xdb\x03']), /an RPM package; rpm -qlp/],
    ['NAR', withParts(200, [0, pack([8, 13])], [8, 'nix-archive-1']), /Nix archive \(NAR\); nix nar ls/],
    ['HFS+', withParts(4096, [1024, 'H+\0\x04']), /an HFS\+ file system/],
    ['NTFS', withParts(4096, [3, 'NTFS    '], [510, '\x55\xaa']), /an NTFS file system/],
    ['F2FS', withParts(4096, [1024, '\x10\x20\xf5\xf2']), /an F2FS file system/],
    ['LUKS', withParts(4096, [0, 'LUKS\xba\xbe']), /an encrypted volume \(LUKS\)/],
    ['LVM', withParts(4096, [512, 'LABELONE'], [536, 'LVM2 001']), /an LVM physical volume/],
    ["a vendor's squashfs", withParts(4096, [0, 'shsq']), /a vendor-specific squashfs \(magic shsq\)/],
    ['a magic of ext and nothing else', withParts(4096, [0, '\xee'], [1080, '\x53\xef']), /not in a known format/],
    [
      'HTML',
      latin1('\xef\xbb\xbf\n<!DOCTYPE html>\n<html><head>404'),
      /an HTML page, perhaps an error page instead of the download/,
    ],
    ['HTML without a doctype', latin1('<html lang="en">'), /an HTML page/],
    ['text', latin1('hello <html>'), /this is text, and with 12 bytes too short/],
    ['zeros', new Uint8Array(40_000), /this is all zeros/],
    [
      'a boot sector',
      withParts(40_000, [0, '\xee'], [510, '\x55\xaa']),
      /this has a boot sector and is not in a known format/,
    ],
    ['nothing', new Uint8Array(0), /first bytes at 0x0: the file is empty/],
  ])('%s', (_, bytes, sentence) => {
    const error = nameFile(source(bytes))
    expect(error).toBeInstanceOf(FormatError)
    expect(error.message).toMatch(sentence)
    expect(() => detectFormat(source(bytes))).toThrow(error.message)
  })

  it('has its name in the commands, as a shell takes it', () => {
    const zip = withParts(100, [0, 'PK\x03\x04'])
    expect(named(zip, 'dir/a.zip')).toContain('unzip -l dir/a.zip lists it')
    expect(named(zip, "two words/it's.zip")).toContain("unzip -l 'two words/it'\\''s.zip' lists it")
    expect(named(zip, '-rf')).toContain('unzip -l ./-rf lists it')
    expect(named(zip, '$(reboot)')).toContain("unzip -l '$(reboot)' lists it")
    expect(named(zip, '-$x')).toContain("unzip -l './-$x' lists it")
    const zst = withParts(40_000, [0, '\x28\xb5\x2f\xfd'])
    expect(named(zst, 'a b.iso.zst')).toContain("decompress it first: zstd -d 'a b.iso.zst'")
    expect(named(zst, 'a.img')).toContain('decompress it first: zstd -d < a.img > a.img.unpacked')
  })
})

describe('a compressed file', () => {
  it('is told with what it holds', () => {
    expect(named(gzipSync(Buffer.alloc(99, 'x')))).toMatch(/a file compressed with gzip; decompress/)
    const iso = readFileSync(join(IMAGES, 'plain.iso'))
    expect(named(gzipSync(iso))).toMatch(/a file compressed with gzip that holds an ISO9660 image;/)
    const twice = gzipSync(gzipSync(archive({ name: 'init' })))
    expect(named(twice)).toMatch(/a file compressed with gzip that holds an initrd;/)
    expect(named(withParts(99, [0, gzipSync(archive({ name: 'init' })).subarray(0, 10)]))).toMatch(
      /a file compressed with gzip;/,
    )
  })
})

describe('a cpio archive', () => {
  it('is an image, also within a compressed file', () => {
    const plain = archive({ name: 'init', content: 'x' })
    for (const bytes of [plain, gzipSync(plain), concat(plain, gzipSync(plain))]) {
      expect(recogniseImage(source(bytes))).toMatchObject({ format: { name: 'initrd' }, offset: 0, size: bytes.length })
      expect(detectFormat(source(bytes))).toBe('initrd')
    }
  })

  it('is named if it has old headers', () => {
    const old = withParts(100, [0, '\xc7\x71'], [20, '\x05\0'], [26, 'init\0'])
    expect(named(old)).toMatch(/this is a cpio archive \(old binary\); cpio -t < file\.img lists it/)
    expect(named(withParts(100, [0, '\x71\xc7'], [20, '\0\x05'], [26, 'init\0']))).toMatch(/\(old binary\)/)
    expect(named(withParts(100, [0, '\xc7\x71']))).not.toMatch(/cpio/)
  })
})

describe('a disk whose tables lead astray', () => {
  /** A master boot record with these partitions: type, first sector, sectors. */
  const mbr = (...partitions: readonly (readonly [number, number, number])[]): Uint8Array =>
    withParts(
      512,
      ...partitions.map(
        ([type, start, sectors], index) =>
          [446 + 16 * index, pack([4, 0], [1, type], [3, 0], [4, start], [4, sectors])] as const,
      ),
      [510, '\x55\xaa'],
    )

  it('to themselves', () => {
    // The second record of a chain leads to the first.
    const looped = withParts(
      8192,
      [0, mbr([0x05, 2, 14])],
      [1024, mbr([0x83, 1, 1], [0x05, 4, 2])],
      [3072, mbr([0x83, 1, 1], [0x05, 0, 2])],
    )
    expect(named(looped)).toMatch(/a master boot record \(1 extended at 0x400; 5 Linux at 0x600; 6 Linux at 0xe00\)/)
    const itself = withParts(8192, [0, mbr([0x05, 0, 16])])
    expect(named(itself)).toMatch(/a master boot record \(1 extended at 0x0\)/)
    const whole = withParts(8192, [0, mbr([0x83, 0, 16])])
    expect(named(whole)).toMatch(/\(1 Linux at 0x0\)$/)
  })

  it('behind the end', () => {
    expect(named(withParts(8192, [0, mbr([0x83, 100, 16])]))).toMatch(
      /a disk with a master boot record, cut short at 8192 of 59392 bytes \(1 Linux at 0xc800, beyond the end of the file\); get the complete file first/,
    )
  })

  it('to thousands of partitions, of which some are told', () => {
    const entries = Array.from({ length: 4096 }, (_, index) =>
      concat(
        new Uint8Array(16).fill(7),
        new Uint8Array(16).fill(index),
        pack([8, 0], [8, 2 ** 40]),
        new Uint8Array(80),
      ),
    )
    const head = concat(
      text('EFI PART'),
      pack([4, 0x10000], [4, 92], [4, 0], [4, 0], [8, 1], [8, 2 ** 50], [8, 0], [8, 0]),
      new Uint8Array(16),
      pack([8, 2], [4, 4096], [4, 128], [4, 0]),
    )
    const disk = withParts(1 << 20, [512, head], [1024, concat(...entries)])
    const started = process.cpuUsage()
    const message = named(disk)
    expect(message).toMatch(/a GUID partition table, cut short .*8 type 0707.* at 0x0; and 4088 more\)/)
    expect(message.length).toBeLessThan(1500)
    const { user, system } = process.cpuUsage(started)
    expect(user + system).toBeLessThan(5_000_000)
  })
})
