import { describe, expect, it } from 'vitest'
import { bytesOf } from '../../../parsers/bytes/byte-string.ts'
import { FormatError } from '../../../parsers/bytes/errors.ts'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { hexOfBase32 } from '../../../src/owners/nix/base32.ts'
import { type Registration, readRegistration } from '../../../src/owners/nix/registration.ts'

const A = '0123456789abcdfghijklmnpqrsvwxyz-a'
const B = 'zyxwvsrqpnmlkjihgfdcba9876543210-b-1.2'
const HEX = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
const BASE32 = '0mdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73'
const BASE64 = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='

function read(text: string): Registration {
  const bytes = bytesOf(text)
  return readRegistration(bytes, bytesSource(bytes, 'registration'))
}

interface RecordFields {
  readonly hash?: string
  readonly size?: string
  readonly deriver?: string
  readonly references?: readonly string[]
  readonly count?: number
}

function record(path: string, fields: RecordFields = {}): string {
  const { hash = `sha256:${BASE32}`, size = '120', deriver = '', references = [] } = fields
  const paths = [path, ...references].map((base) => `/nix/store/${base}`)
  return [paths[0], hash, size, deriver, fields.count ?? references.length, ...paths.slice(1), ''].join('\n')
}

describe('readRegistration', () => {
  it('reads records one after the other', () => {
    const deriver = `/nix/store/${B}.drv`
    const { storeDirectory, paths } = read(record(A, { references: [B, A, B] }) + record(B, { deriver }))
    expect(storeDirectory).toBe('/nix/store')
    expect([...paths.values()]).toEqual([
      { path: A, narHash: HEX, narSize: 120, deriver: undefined, references: [A, B] },
      { path: B, narHash: HEX, narSize: 120, deriver, references: [] },
    ])
  })

  it.each([`sha256:${HEX}`, HEX, HEX.toUpperCase(), `sha256:${BASE32}`, BASE32, `sha256-${BASE64}`, BASE64])(
    'knows the hash %s',
    (hash) => expect(read(record(A, { hash })).paths.get(A)?.narHash).toBe(HEX),
  )

  it('takes zeros of old images for unknown', () => {
    const { paths } = read(record(A, { hash: '0'.repeat(64), size: '0' }))
    expect(paths.get(A)).toMatchObject({ narHash: undefined, narSize: undefined })
  })

  it.each([
    ['a size that nothing has', record(A, { size: '18446744073709551615' }), undefined],
    ['a plus', record(A, { size: '+7' }), 7],
    ['a slash behind a path', record(A, { size: '7' }).replace(A, `${A}/`), 7],
  ])('takes %s, as Nix does', (_, text, narSize) => {
    expect([...read(text).paths]).toMatchObject([[A, { path: A, narSize }]])
  })

  it('lets a later record replace an earlier one', () => {
    const { paths } = read(record(A, { references: [B] }) + record(A, { size: '7' }))
    expect([...paths.values()]).toMatchObject([{ narSize: 7, references: [] }])
  })

  it('reads nothing from nothing, and needs no end of line at the end', () => {
    expect(read('').paths.size).toBe(0)
    expect(read(record(A, { references: [B] }).trimEnd()).paths.get(A)?.references).toEqual([B])
  })

  it('knows a store elsewhere', () => {
    const { storeDirectory, paths } = read(record(A, { references: [B] }).replaceAll('/nix/store', '/data/nix store'))
    expect(storeDirectory).toBe('/data/nix store')
    expect(paths.get(A)?.references).toEqual([B])
  })

  const line = (text: string, number: number): string => text.split('\n').slice(0, number).join('\n')
  it.each([
    ['a missing hash', line(record(A), 1), 'line 2', 'ends where a hash should be'],
    ['a missing size', line(record(A), 2), 'line 3', 'ends where a size should be'],
    ['a missing deriver', line(record(A), 3), 'line 4', 'ends where a deriver, or an empty line should be'],
    ['a missing count', `${line(record(A), 3)}\n\n`, 'line 5', 'ends where a number of references should be'],
    ['too high a count', record(A, { references: [B], count: 2 }), 'line 7', 'ends where a reference should be'],
    ['a huge count', record(A, { references: [B], count: 2 ** 50 }), 'line 7', 'ends where a reference should be'],
    ['too low a count', record(A, { references: [B, A], count: 1 }), 'line 8', 'ends where a hash should be'],
    ['CRLF', record(A).replaceAll('\n', '\r\n'), 'line 1', 'the line ends with a carriage return'],
    ['a short hash', record(A, { hash: HEX.slice(1) }), 'line 2', 'is not a SHA-256'],
    ['a hash of other digits', record(A, { hash: BASE32.replace('0', 'e') }), 'line 2', 'is not a SHA-256'],
    ['a size in words', record(A, { size: 'much' }), 'line 3', 'is not a size'],
    ['a size above 2^64', record(A, { size: '99999999999999999999' }), 'line 3', 'is not a size'],
    ['a path that is none', 'hello\n', 'line 1', 'is not a store path'],
    ['a deriver that is no path', record(A, { deriver: '/x' }), 'line 4', 'is not a store path'],
    ['two stores', record(A) + record(B).replace('/nix/', '/gnu/'), 'line 6', 'is in another store than the paths'],
  ])('%s: says in which line', (_, text, where, detail) => {
    expect(() => read(text)).toThrow(new RegExp(`registration: nix-path-registration, ${where} at 0x.*${detail}`))
  })

  it('takes no time that grows with the square of the slashes in a line', () => {
    const start = performance.now()
    expect(() => read(`${'/'.repeat(200_000)}x/\n`)).toThrow(FormatError)
    expect(performance.now() - start).toBeLessThan(2_000)
  })
})

describe('hexOfBase32', () => {
  it('reads what Nix writes', () => {
    // The hash of an empty file's NAR in both of Nix's spellings.
    expect(hexOfBase32('0ip26j2h11n1kgkz36rl4akv694yz65hr72q4kv4b3lxcbi65b3p', 32)).toBe(
      Buffer.from('d6xi4mKdjkX2JFicDIv5niSzpyI0m/Hnm8GGAIU04kY=', 'base64').toString('hex'),
    )
  })

  it('refuses what does not fit', () => {
    expect(hexOfBase32('2'.padEnd(52, '0'), 32)).toBeUndefined()
    expect(hexOfBase32('1'.padEnd(52, '0'), 32)).toBe(`${'00'.repeat(31)}80`)
    expect(hexOfBase32('0'.repeat(51), 32)).toBeUndefined()
    expect(hexOfBase32('u'.repeat(52), 32)).toBeUndefined()
  })
})
