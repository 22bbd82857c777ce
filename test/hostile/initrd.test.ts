import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { Random } from '../../fuzz/random.js'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { initrd } from '../../parsers/initrd/format.ts'
import { openSource } from '../../src/images/open-image.ts'
import { systemSpool } from '../../src/platform/node/spool.ts'
import {
  archive,
  archiveOf,
  folder,
  type MemberFields,
  member,
  padded,
  symlink,
  trailer,
} from '../parsers/cpio/writer.ts'
import { type Examined, examine, refusal } from '../parsers/initrd/examine.ts'
import { concat, pack, text } from '../parsers/squashfs/writer.ts'

/** Milliseconds and bytes that no initrd of some megabytes may take. Three times what is promised: tests share the machine. */
const MAX_CPU_TIME = 15_000
const MAX_MEMORY = 600 << 20

function bounded<Result>(look: () => Result, memory: number = MAX_MEMORY): Result {
  const used = (): number => {
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return heapUsed + arrayBuffers
  }
  const [started, before] = [process.cpuUsage(), used()]
  const result = look()
  expect(used() - before).toBeLessThan(memory)
  expect(process.cpuUsage(started).user / 1000).toBeLessThan(MAX_CPU_TIME)
  return result
}

const good = archive({ name: 'good', content: 'good content' })

/** What an initrd is whose first archive is whole, and whose second one begins with this member. */
const examineAfter = (...members: readonly (MemberFields | Uint8Array)[]): Examined => {
  const examined = bounded(() => examine(concat(good, archive(...members))))
  expect(examined.content['/good']).toBe('good content')
  return examined
}

describe('a header that lies', () => {
  it('has a name of no bytes', () => {
    const { paths, complete, own } = examineAfter({ name: '', namesize: 0, writtenName: '' }, { name: 'b' })
    expect({ paths, complete }).toEqual({ paths: ['/', '/b', '/good'], complete: false })
    expect(own['members left out of the tree']).toBe(112)
  })

  it.each([
    ['a name of 4 GiB', { namesize: 0xffffffff }, /its name is not of a length that Linux reads/],
    ['a name that is longer than the file', { namesize: 4000 }, /the file ends in its name, so it is left out/],
    [
      'content of 4 GiB',
      { filesize: 0xffffffff },
      /ends in its content, of which the rest is lost; found 124 bytes, expected 4294967295/,
    ],
  ] as const)('states %s', (_, fields, sentence) => {
    const { warnings, complete } = examineAfter({ name: 'b', ...fields })
    expect(complete).toBe(false)
    expect(warnings.join('\n')).toMatch(sentence)
  })

  it.each(['g', ' ', '-', 'x', '\0', '\xff'])('has %j where a digit should be', (digit) => {
    for (let at = 6; at < 110; at += 13) {
      const wrong = member({ name: 'b' })
      wrong[at] = digit.charCodeAt(0)
      const { warnings, complete, own } = examineAfter(wrong)
      expect(complete).toBe(false)
      expect(warnings.join('\n')).toMatch(
        /newc header at 0x[0-9a-f]+: \w+: is not a number, so the members from here on/,
      )
      expect(own['data after the archives']).toBe(112 + 124)
    }
  })

  it('of odc has a digit that is none in any field', () => {
    for (let at = 6; at < 76; at += 3) {
      const wrong = member({ name: 'b', format: 'odc' })
      wrong[at] = 0x38
      expect(examineAfter(wrong).warnings.join('\n')).toMatch(/odc header at 0x[0-9a-f]+: \w+: is not a number/)
    }
  })

  it('has a name without a NUL, or with one inside', () => {
    expect(examineAfter({ name: 'b', writtenName: 'abcd' }).warnings.join()).toMatch(
      /its name does not end with its only NUL/,
    )
    expect(examineAfter({ name: 'b', writtenName: 'a\0b\0' }).paths).toEqual(['/', '/a', '/good'])
  })

  it('has every number at its largest', () => {
    const wrong = member({ name: 'b' })
    wrong.fill(0x66, 6, 54)
    wrong.fill(0x66, 62, 94)
    expect(examineAfter(wrong).complete).toBe(false)
    const { entries } = examineAfter({
      name: 'c',
      uid: 2 ** 32 - 1,
      gid: 2 ** 32 - 1,
      mtime: 2 ** 32 - 1,
      nlink: 2 ** 32 - 1,
    })
    expect(entries['/c']).toMatchObject({ uid: 2 ** 32 - 1, gid: 2 ** 32 - 1, mtime: 2 ** 32 - 1 })
  })
})

describe('bytes that are no archive', () => {
  it('after the archives are named', () => {
    const { own, complete } = examineAfter({ name: 'b' }, trailer(), text('garbage'.repeat(1000)))
    expect(own['data after the archives']).toBeGreaterThanOrEqual(7000)
    expect(complete).toBe(true)
  })

  it('may be a hundred million zeros', () => {
    expect(bounded(() => examine(concat(good, new Uint8Array(100 << 20), good))).own['padding']).toBe(100 << 20)
  })
})

describe('hard links', () => {
  it('may be one group of all members', () => {
    const names = Array.from({ length: 50_000 }, (_, index) => ({ name: `n${index}`, nlink: 2 ** 31 }))
    const { entries } = bounded(() => examine(archive(...names, { name: 'last', nlink: 2, content: 'data' })))
    expect(entries['/n0']!.size).toBe(4)
  })

  it('may be groups without end, each with content at each name', () => {
    const names = Array.from({ length: 50_000 }, (_, index) => ({
      name: `n${index}`,
      nlink: 2,
      ino: index >> 1,
      content: 'x',
    }))
    expect(bounded(() => examine(archive(...names))).complete).toBe(true)
  })
})

describe('names', () => {
  it('may nest deeply', () => {
    const deep = Array.from({ length: 2000 }, (_, index) => folder('a/'.repeat(index + 1)))
    const { complete, paths } = bounded(() => examine(archive(...deep)))
    expect(complete).toBe(true)
    expect(paths).toHaveLength(2001)
    const { warnings } = bounded(() => examine(archive({ name: 'a/'.repeat(2047) }, { name: `${'a/'.repeat(2046)}b` })))
    expect(warnings).toEqual([])
    expect(examine(archive({ name: 'a/'.repeat(2000) }), { depth: 1999 }).warnings.join()).toMatch(/nested too deeply/)
  })

  it('may make many directories with few bytes, which have a limit', () => {
    const many = Array.from({ length: 300 }, (_, index) => ({ name: `${index}/${'a/'.repeat(2000)}b` }))
    const { warnings, complete } = bounded(() => examine(archive(...many), { entries: 100_000 }))
    expect(complete).toBe(false)
    expect(warnings.join()).toMatch(/too many names; the rest is left out; the limit is entries=100000/)
    expect(bounded(() => examine(archive(...many), { path: 2 ** 20 })).warnings.join()).toMatch(/limit is path=1048576/)
  })

  it('may replace each other without end', () => {
    const same = Array.from({ length: 100_000 }, (_, index) => ({
      name: 'a',
      mode: [0o100644, 0o120777, 0o40755][index % 3]!,
    }))
    const { paths } = bounded(() => examine(archiveOf(same)))
    expect(paths).toEqual(['/', '/a'])
    const folders = Array.from({ length: 100_000 }, () => folder('a'))
    expect(bounded(() => examine(archiveOf(folders))).complete).toBe(true)
  })

  it('may lead through links without end', () => {
    // Each link names the one before it twice, so that following the last one doubles forty times.
    const links = Array.from({ length: 60 }, (_, index) => symlink(`l${index + 1}`, `l${index}/l${index}`))
    const below = Array.from({ length: 2000 }, (_, index) => ({ name: `l60/${index}` }))
    expect(bounded(() => examine(archive(folder('l0'), ...links, ...below))).complete).toBe(false)
    const long = symlink('long', './'.repeat(30_000))
    const members = Array.from({ length: 20_000 }, (_, index) => ({ name: `long/${index}` }))
    expect(bounded(() => examine(archive(long, ...members))).paths.length).toBeGreaterThan(100)
  })

  it('may be those of objects', () => {
    const names = ['__proto__', 'constructor', 'toString', '__proto__/x', 'hasOwnProperty'].map((name) => ({ name }))
    expect(examineAfter(...names).paths).toContain('/constructor')
  })
})

describe('streams', () => {
  /** A frame of zstd of these blocks of 128 KiB, each of which repeats one byte, after a raw block. */
  function bomb(first: Uint8Array, blocks: number): Uint8Array {
    const header = (type: number, size: number, isLast = false): Uint8Array =>
      pack([3, (size << 3) | (type << 1) | (isLast ? 1 : 0)])
    const repeated = Array.from({ length: blocks }, (_, index) =>
      concat(header(1, 1 << 17, index === blocks - 1), Uint8Array.of(0)),
    )
    return concat(pack([4, 0xfd2fb528], [1, 0], [1, 0x38]), header(0, first.length), first, ...repeated)
  }

  it('that unpack to too much are refused, and cost no memory', () => {
    const bytes = bomb(member({ name: 'zeros', filesize: 2 ** 32 - 1 }), 20_000)
    expect(bytes.length).toBeLessThan(100_000)
    expect(initrd.recognise(bytesSource(bytes, 'test.img'))).toBe('yes')
    const limits = { unpacked: 300 << 20 }
    const sentence = 'unpacks to too much content for an image of this size; the limit is unpacked=314572800'
    expect(refusal(bytes, limits)).toMatch(sentence)
    const open = (): unknown => openSource(bytesSource(bytes, 'test.img'), { limits, spool: systemSpool })
    bounded(() => expect(open).toThrow(sentence), 150 << 20)
  })

  it('of zeros are content of one file', () => {
    const size = 500 << 17
    const bytes = bomb(member({ name: 'zeros', filesize: size }), 501)
    const { entries, warnings, own } = bounded(() => examine(bytes))
    expect(entries['/zeros']!.size).toBe(size)
    expect(warnings).toEqual([expect.stringMatching(/it ends without a trailer, so members may be missing$/)])
    expect(own['/zeros']).toBe(size + 116)
  })

  it('inside streams are not unpacked', () => {
    const inner = gzipSync(good)
    const { own, paths } = bounded(() => examine(gzipSync(concat(good, inner))))
    expect(own['data after the archives']).toBe(inner.length)
    expect(paths).toEqual(['/', '/good'])
    expect(initrd.recognise(bytesSource(gzipSync(inner), 'test.img'))).toBe('no')
  })

  it('may be many', () => {
    const one = padded(concat(gzipSync(good), new Uint8Array(1)))
    const { complete, warnings } = bounded(() => examine(concat(...Array.from({ length: 3000 }, () => one))))
    expect(complete).toBe(false)
    expect(warnings.join()).toMatch(/too many compressed archives; the rest is left out; the limit is archives=1024/)
  })

  it('may have a block for every few bytes', () => {
    const tiny = gzipSync(text('0'), { level: 0 })
    const many = concat(gzipSync(good), ...Array.from({ length: 100_000 }, () => tiny))
    const { image } = bounded(() => examine(many))
    const { origin } = image.source
    expect(origin.kind === 'stream' && origin.blocks.count).toBeLessThan(many.length / 8)
  })
})

describe('damage', () => {
  it('at any place adds up, and is no crash', () => {
    const random = new Random(16)
    const whole = concat(
      padded(good, 512),
      padded(archive(folder('a'), { name: 'a/b', content: 'x'.repeat(500) }), 512),
    )
    for (let round = 0; round < 3000; round += 1) {
      const bytes = Uint8Array.from(whole)
      for (let count = random.below(4); count >= 0; count -= 1) {
        bytes[random.below(bytes.length)] = random.below(2) === 0 ? random.below(256) : 0x30 + random.below(10)
      }
      // The first bytes may be none of an archive then.
      if (initrd.recognise(bytesSource(bytes, 'test.img')) === 'yes') examine(bytes)
      else if (initrd.recognise(bytesSource(bytes, 'test.img')) === 'damaged') refusal(bytes)
    }
  })

  it.each([6, 9])('in a stream of gzip -%d adds up', (level) => {
    const random = new Random(level)
    const content = Uint8Array.from({ length: 20_000 }, () => random.below(64))
    const whole = concat(padded(good, 512), gzipSync(archive({ name: 'a', content }, { name: 'b' }), { level }), good)
    for (let round = 0; round < 500; round += 1) {
      const bytes = Uint8Array.from(whole)
      bytes[512 + random.below(whole.length - 512)]! ^= 1 << random.below(8)
      expect(examine(bytes).content['/good']).toBe('good content')
    }
  })
})
