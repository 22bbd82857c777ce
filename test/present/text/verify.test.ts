import { expect, it } from 'vitest'
import { FormatError } from '../../../parsers/bytes/errors.ts'
import { verify } from '../../../src/analyses/verify.ts'
import { referenceGraph } from '../../../src/graph/reference-graph.ts'
import type { Integrity, ReadOwner } from '../../../src/inventory/integrity.ts'
import { verifyText } from '../drawn-diff.ts'

const KEYS = Array.from({ length: 24 }, (_, at) => `${'0123456789abcdfghijklmnpqrsvwxyz'[at]!.repeat(32)}-p${at}`)
const sound = (key: string, mentions: readonly string[] = []): ReadOwner => ({
  key,
  hash: key,
  size: 8,
  mentions,
  undeclared: new Map(),
  failures: [],
  failed: 0,
})
const text = (owners: readonly ReadOwner[], withoutHash: readonly string[] = [], verbose = false): string => {
  const keys = owners.map(({ key }) => key)
  const hashes = keys.filter((key) => !withoutHash.includes(key)).map((key) => [key, key] as const)
  const integrity: Integrity = {
    name: 'a.iso',
    size: 1,
    kind: 'nix',
    directory: '/nix/store',
    declared: {
      graph: referenceGraph(keys, []),
      origin: 'registration',
      directory: '/nix/store',
      contentHashes: new Map(hashes),
      warnings: [],
      incomplete: [],
    },
    declaredProblem: undefined,
    owners,
    packages: [],
    files: { count: 2, bytes: 100, failures: [], failed: 0 },
    checksums: [],
    problems: [],
    complete: true,
  }
  const style = { color: false, unicode: true, width: 80 }
  return verifyText(verify(integrity), style, verbose)
}

it('says after FAIL and ERROR how many failed, and why', () => {
  const [a, b, c, d] = KEYS as [string, string, string, string]
  const error = new FormatError('MALFORMED', 'is wrong', { source: 'a.iso', structure: 'block', offset: 0 })
  const other = { ...sound(a), hash: 'another' }
  const unread = { ...sound(b), hash: undefined, size: undefined, failures: [{ path: 'x', error }], failed: 1 }
  const last = (...args: Parameters<typeof text>): readonly string[] =>
    text(...args)
      .trimEnd()
      .split('\n')
      .slice(-3)
  const files = (wide: number): string => `  ${'PASS'.padEnd(wide)}  2 of 2 other files  readable, 100 B`
  expect(text([other, unread, sound(c), sound(d)], [c])).toMatch(/^ {2}FAIL {3}2 of 4 store paths$/m)
  expect(last([other, unread, sound(c), sound(d)], [c])).toEqual([
    '           not as registered, or not readable, 1 without a registered hash',
    files(5),
    'FAIL  2 of 4 store paths, 1 without a registered hash; 2 of 2 other files passed',
  ])
  expect(last([sound(a), unread, sound(c)])).toEqual([
    '  ERROR  1 of 3 store paths  not readable',
    files(5),
    'NOT VERIFIED  1 of 3 store paths; 2 of 2 other files passed',
  ])
  expect(last([sound(a), sound(c)], [c])).toEqual([
    '  ERROR  1 of 2 store paths  without a registered hash',
    files(5),
    'NOT VERIFIED  1 of 2 store paths; 2 of 2 other files passed',
  ])
})

it('lists the first twenty mentions that are not registered, and all of them when it is asked to', () => {
  const owners = KEYS.map((key, at) => sound(key, at > 0 ? [KEYS[0]!] : []))
  const short = text(owners)
  expect(short.match(/ -> p0\n/g)).toHaveLength(20)
  expect(short).toMatch(/\n {2}NOTE {2}23 mentions are not registered\n {10}p1 -> p0\n/)
  expect(short).toMatch(/\n {10}p20 -> p0\n {10}and 3 more \(-v lists all\)\n/)
  expect(
    short.endsWith(
      'PASS  24 of 24 store paths: NAR hashes as registered; 23 mentions are not\n      registered: p1 -> p0 and 22 more\n',
    ),
  ).toBe(true)
  const long = text(owners, [], true)
  expect(long.match(/ {10}p\d+ -> p0\n/g)).toHaveLength(23)
  expect(long).not.toMatch(/more \(-v/)
  for (const line of `${short}${long}`.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
})
