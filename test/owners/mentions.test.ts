import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FormatError } from '../../parsers/bytes/errors.ts'
import { type OpenImage, openImage } from '../../src/images/open-image.ts'
import { excerptAt } from '../../src/owners/excerpt.ts'
import { firstMentions, type MentionPlace } from '../../src/owners/mentions.ts'
import { HASH_LENGTH } from '../../src/owners/nix/reference-scanner.ts'
import type { Owner } from '../../src/owners/owner.ts'
import { ownersIn } from '../../src/owners/owners-in.ts'
import { type Content, squashfsOf } from '../parsers/squashfs/writer.ts'

const MINI = fileURLToPath(new URL('../../fixtures/images/mini.iso', import.meta.url))
const fail = (error: FormatError): never => {
  throw error
}

describe('the first mentions in mini.iso', () => {
  const open = openImage(MINI)
  const { owners } = ownersIn(open)
  const baseOf = (name: string): string => [...owners.keys()].find((base) => base.slice(33) === name)!
  const tzdata = baseOf('tzdata-2025b')
  afterAll(() => open.close())

  it.each<[string, string, Partial<MentionPlace> | undefined]>([
    ['perl-5.42.0', 'tzdata-2025b', { path: `lib/perl5/site_perl/${tzdata}.packlist`, kind: 'name', offset: 0 }],
    ['nix-util-2.31.2', 'boost-1.87.0', { path: 'lib/libnixutil.so.2.31.2', kind: 'content', offset: 26677 }],
    ['etc', 'system-units', { path: 'etc/systemd/system', kind: 'target', offset: 11 }],
    // "activate", which comes first, names it in its content.
    ['nixos-system-nixos-26.11pre-git', 'etc', { path: 'etc', kind: 'target', offset: 11 }],
    // Not registered.
    ['nix-manual-2.31.2', 'bash-5.3p9', { path: 'share/doc/nix/manual/example.html', kind: 'content' }],
    // Store paths that are a symlink and a file.
    ['localtime', 'tzdata-2025b', { path: '', kind: 'target', offset: 11 }],
    ['etc-profile', 'system-path', { path: '', kind: 'content' }],
    ['boost-1.87.0', 'nix-2.31.2', undefined],
    // Its own name is no part of it.
    ['hwdb.bin', 'hwdb.bin', undefined],
  ])('%s mentions %s', (from, to, expected) => {
    const hash = baseOf(to).slice(0, HASH_LENGTH)
    const object = owners.get(baseOf(from))!
    const place = firstMentions(object, [hash], fail).get(hash)
    if (expected === undefined) expect(place).toBeUndefined()
    else {
      expect(place).toMatchObject(expected)
      expect(excerptAt(object, place!)!.hash).toBe(hash)
    }
  })

  it('have around them what a program that reads the file finds there', () => {
    const hash = baseOf('bash-5.3p9').slice(0, HASH_LENGTH)
    const manual = owners.get(baseOf('nix-manual-2.31.2'))!
    const place = firstMentions(manual, [hash], fail).get(hash)!
    const { reader } = manual.open
    const entry = manual.open.image.tree.entries.find(({ name }) => name === 'example.html')!
    const text = Buffer.concat([...reader.chunks(entry)].map((chunk) => Buffer.from(chunk))).toString('latin1')
    expect(place.offset).toBe(text.indexOf(hash))
    expect(excerptAt(manual, place)).toEqual({
      before: text.slice(place.offset - 32, place.offset),
      hash,
      after: text.slice(place.offset + 32, place.offset + 64),
    })
  })

  it('have nothing around them where there is no such file', () => {
    for (const path of ['none', 'share/none', 'share/doc/nix/manual/example.html/x']) {
      expect(excerptAt(owners.get(baseOf('nix-manual-2.31.2'))!, { path, kind: 'content', offset: 0 })).toBeUndefined()
    }
  })
})

const DIGITS = '0123456789abcdfghijklmnpqrsvwxyz'
const hashOf = (index: number): string => DIGITS[index]!.repeat(3) + DIGITS.slice(3)
const BLOCK = 4096

/** Contents by path; a target begins with '-> '. Each with where hash 1 is first mentioned, and what is around it. */
const OBJECTS: Readonly<Record<string, readonly [Readonly<Record<string, string>>, MentionPlace, string, string]>> = {
  'a target before contents and names': [
    { a: hashOf(1), [hashOf(1)]: '', z: `-> /${hashOf(1)}/x` },
    { path: 'z', kind: 'target', offset: 1 },
    '/',
    '/x',
  ],
  'a content before names': [
    { [hashOf(1)]: '', z: `..${hashOf(1)}` },
    { path: 'z', kind: 'content', offset: 2 },
    '..',
    '',
  ],
  'names where there is nothing else': [
    { [`a/x${hashOf(1)}y/b`]: '', z: '-> nowhere' },
    { path: `a/x${hashOf(1)}y`, kind: 'name', offset: 1 },
    'x',
    'y',
  ],
  'a name that is the hash': [
    { [`a/${hashOf(1)}/b`]: '' },
    { path: `a/${hashOf(1)}`, kind: 'name', offset: 0 },
    '',
    '',
  ],
  'contents in the order of a NAR': [
    { 'a.b': hashOf(1), 'a-b/c': hashOf(1), 'a/b': `1${hashOf(1)}` },
    { path: 'a/b', kind: 'content', offset: 1 },
    '1',
    '',
  ],
  'targets in the order of a NAR': [
    { 'a.b': `-> ${hashOf(1)}`, 'a-b/c': `-> ${hashOf(1)}2` },
    { path: 'a-b/c', kind: 'target', offset: 0 },
    '',
    '2',
  ],
  'names in the order of a NAR': [
    { [`b/${hashOf(1)}`]: '', [`a/b/c${hashOf(1)}`]: '' },
    { path: `a/b/c${hashOf(1)}`, kind: 'name', offset: 1 },
    'c',
    '',
  ],
  'the first of several in a file': [
    { a: `${'.'.repeat(100)}${hashOf(1)}${'-'.repeat(100)}${hashOf(1)}` },
    { path: 'a', kind: 'content', offset: 100 },
    '.'.repeat(32),
    '-'.repeat(32),
  ],
  'a hash across the border of two blocks': [
    { a: `${'.'.repeat(BLOCK - 5)}${hashOf(1)}${'-'.repeat(BLOCK)}` },
    { path: 'a', kind: 'content', offset: BLOCK - 5 },
    '.'.repeat(32),
    '-'.repeat(32),
  ],
  'a hash that ends with a block': [
    { a: `${'.'.repeat(2 * BLOCK - 32)}${hashOf(1)}+${'-'.repeat(BLOCK)}` },
    { path: 'a', kind: 'content', offset: 2 * BLOCK - 32 },
    '.'.repeat(32),
    `+${'-'.repeat(31)}`,
  ],
  'a hash from the last block into the tail': [
    { a: `${'.'.repeat(3 * BLOCK - 31)}${hashOf(1)}` },
    { path: 'a', kind: 'content', offset: 3 * BLOCK - 31 },
    '.'.repeat(32),
    '',
  ],
  'a hash at the end of many digits': [
    { a: `${'.'.repeat(BLOCK - 40)}${DIGITS}${hashOf(1)}` },
    { path: 'a', kind: 'content', offset: BLOCK - 8 },
    DIGITS,
    '',
  ],
  'no hash in halves in two files': [
    { a: hashOf(1).slice(0, 16), b: hashOf(1).slice(16), c: hashOf(1) },
    { path: 'c', kind: 'content', offset: 0 },
    '',
    '',
  ],
  'an object that is a file': [{ '': `x${hashOf(1)}` }, { path: '', kind: 'content', offset: 1 }, 'x', ''],
  'an object that is a symlink': [{ '': `-> y${hashOf(1)}` }, { path: '', kind: 'target', offset: 1 }, 'y', ''],
}

describe('the first mentions', () => {
  let work = ''
  let open: OpenImage
  let owners: ReadonlyMap<string, Owner>
  const names = Object.keys(OBJECTS)
  const objectOf = (title: string): Owner => owners.get(`${hashOf(2 + names.indexOf(title))}-o`)!

  const make = (): string => {
    const files = Object.entries(OBJECTS).flatMap(([title, [contents]]) =>
      Object.entries(contents).map(([path, content]): [string, Content] => [
        join(`${hashOf(2 + names.indexOf(title))}-o`, path),
        content.startsWith('-> ') ? { target: content.slice(3) } : content,
      ]),
    )
    const image = join(work, 'image.squashfs')
    writeFileSync(image, squashfsOf(Object.fromEntries(files), { blockSize: BLOCK }))
    return image
  }
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-mentions-'))
    open = openImage(make())
    owners = ownersIn(open).owners
  })
  afterAll(() => {
    open.close()
    rmSync(work, { recursive: true, force: true })
  })

  it.each(names)('are %s', (title) => {
    const [, place, before, after] = OBJECTS[title]!
    const object = objectOf(title)
    // Others are asked for as well, which are not there.
    const found = firstMentions(object, [hashOf(0), hashOf(1)], fail)
    expect([...found]).toEqual([[hashOf(1), place]])
    const excerpt = excerptAt(object, place)!
    expect(excerpt).toEqual({ before, hash: hashOf(1), after })
  })

  it('are found after what cannot be read, which is named', () => {
    const title = 'contents in the order of a NAR'
    const object = objectOf(title)
    const entry = object.open.image.tree.entries.find(({ name, size }) => name === 'b' && size === 33)!
    const [run] = [...object.open.image.runs(entry)]
    const path = join(work, 'damaged.squashfs')
    const bytes = readFileSync(join(work, 'image.squashfs'))
    bytes.fill(0xff, run!.offset, run!.offset + run!.storedLength)
    writeFileSync(path, bytes)
    const damaged = openImage(path)
    const failures: string[] = []
    // All short files lie in one fragment: of them nothing is left but names.
    const place = firstMentions(ownersIn(damaged).owners.get(object.key)!, [hashOf(1)], ({ message }) => {
      failures.push(message)
    })
    expect(place.size).toBe(0)
    expect(failures.map((message) => /: (\S+) cannot be read in full/.exec(message)?.[1])).toEqual(
      ['a/b', 'a-b/c', 'a.b'].map((inside) => `${object.key}/${inside}`),
    )
    const across = objectOf('a hash across the border of two blocks')
    const stillThere = firstMentions(ownersIn(damaged).owners.get(across.key)!, [hashOf(1)], fail)
    expect(stillThere.get(hashOf(1))?.offset).toBe(BLOCK - 5)
    damaged.close()
  })
})
