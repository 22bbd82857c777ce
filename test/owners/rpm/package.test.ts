import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { readHeader } from '../../../parsers/rpm/header.ts'
import type { InstalledPackage } from '../../../src/owners/package-database.ts'
import { packageOf } from '../../../src/owners/rpm/package.ts'
import { type HeaderEntry, header, integers, strings } from './header-writer.ts'

const named: readonly HeaderEntry[] = [
  strings(1000, 'a'),
  strings(1001, '1'),
  strings(1002, '2'),
  strings(1022, 'x86_64'),
]
const read = (bytes: Uint8Array, spend = (_: number): void => {}): InstalledPackage | undefined =>
  packageOf(readHeader(bytesSource(bytes, 'package')), spend)
const withFacts = (...entries: readonly HeaderEntry[]): InstalledPackage => read(header([...named, ...entries]))!

describe('the header of a package of rpm', () => {
  it('names it, with an epoch where it has one', () => {
    expect(withFacts()).toEqual({
      name: 'a',
      version: '1-2',
      architecture: 'x86_64',
      files: [],
      requires: [],
      provides: [],
      selection: undefined,
    })
    expect(withFacts(integers(1003, 4, 0)).version).toBe('0:1-2')
    expect(withFacts(integers(1003, 4, 12)).version).toBe('12:1-2')
  })

  it('names the file of the source package', () => {
    expect(withFacts(strings(1044, 'a-base-1-2.src.rpm')).source).toBe('a-base-1-2.src.rpm')
    expect(withFacts().source).toBe(undefined)
  })

  it('is no package if it is a key', () => {
    expect(read(header([strings(1000, 'gpg-pubkey'), strings(1001, 'f00'), strings(1002, 'ba4')]))).toBe(undefined)
  })

  it('has the files that are there: normal ones and those on a shared file system', () => {
    const files = [
      strings(1117, 'normal', 'replaced', 'left-out', 'shared', 'wrong-colour', 'directory'),
      strings(1118, '/usr/', '/'),
      integers(1116, 4, 0, 0, 0, 1, 1, 1),
      integers(1029, 1, 0, 1, 2, 3, 4, 0),
      integers(1030, 2, 0o100644, 0o100644, 0o100644, 0o120777, 0o100644, 0o040755),
    ]
    expect(withFacts(...files).files).toEqual(['/usr/normal', '/shared'])
  })

  it('has whole paths if an old rpm wrote it', () => {
    expect(withFacts(strings(1027, '/a', '/b'), integers(1030, 2, 0o040755, 0o100644)).files).toEqual(['/b'])
  })

  it('says what is required, and what the package can do without', () => {
    const { requires, provides } = withFacts(
      strings(1049, 'b', 'hinted', '(c or d)'),
      integers(1048, 4, 0, 1 << 19, 0),
      strings(5046, 'e', '(f and g)'),
      strings(1047, 'a', 'virtual'),
    )
    expect(requires).toEqual([
      { alternatives: ['b'], isWeak: false },
      { alternatives: ['hinted'], isWeak: true },
      { alternatives: ['c', 'd'], isWeak: false },
      { alternatives: ['e'], isWeak: true },
      { alternatives: ['f'], isWeak: true },
      { alternatives: ['g'], isWeak: true },
    ])
    expect(provides).toEqual(['a', 'virtual'])
  })

  it('leaves out the tags of regions, and the second of two entries', () => {
    const region = { tag: 63, type: 7, data: new Uint8Array(16), count: 16 }
    expect(read(header([region, ...named, strings(1000, 'other')]))!.name).toBe('a')
  })

  it.each<[string, () => Uint8Array, string]>([
    [
      'an index longer than it',
      () => header(named, { indexLength: 2 ** 32 - 1 }),
      'rpm header at 0x0: longer than the row',
    ],
    ['data longer than it', () => header(named, { dataLength: 2 ** 32 - 1 }), 'rpm header at 0x0: longer than the row'],
    ['nothing', () => new Uint8Array(0), 'rpm header at 0x0: cut short'],
    ['2^32 - 1 names', () => header([...named, { ...strings(1117, 'x'), count: 2 ** 32 - 1 }]), 'rpm tag 1117 at 0x'],
    [
      '2^32 - 1 numbers',
      () => header([...named, { ...integers(1030, 2, 1), count: 2 ** 32 - 1 }]),
      'rpm tag 1030 at 0x',
    ],
    ['a name behind the data', () => header([{ ...strings(1000, 'a'), offset: 2 ** 31 }]), 'rpm tag 1000 at 0x'],
    [
      'a name without an end',
      () => header([{ tag: 1000, type: 6, data: Uint8Array.of(97), count: 1 }]),
      'rpm tag 1000',
    ],
    [
      'a file without a directory',
      () => header([...named, strings(1117, 'x')]),
      'rpm tag 1116 at 0x0: a file has no directory',
    ],
    [
      'a directory that does not exist',
      () => header([...named, strings(1117, 'x'), strings(1118, '/'), integers(1116, 4, 7)]),
      'rpm tag 1116 at 0x0: a file has no directory',
    ],
  ])('is refused if it has %s', (_, make, said) => {
    expect(() => read(make())).toThrow(`package: ${said}`)
  })

  it('has a limit of values, which zeros can be any number of', () => {
    const many = { ...strings(1047), data: new Uint8Array(3_000_000), count: 3_000_000 }
    expect(() => read(header([...named, many]))).toThrow(/rpm tag 1047 at 0x[0-9a-f]+: it has too many values/)
  })

  it('has its paths counted before they are made', () => {
    const long = strings(1118, `/${'d'.repeat(100_000)}/`)
    const many = Array.from({ length: 50_000 }, () => 'f')
    const spent: number[] = []
    const limit = (bytes: number): void => {
      spent.push(bytes)
      throw new Error('too long')
    }
    expect(() =>
      read(header([...named, long, strings(1117, ...many), integers(1116, 4, ...many.map(() => 0))]), limit),
    ).toThrow('too long')
    expect(spent).toEqual([50_000 * (100_003 + 16)])
  })
})
