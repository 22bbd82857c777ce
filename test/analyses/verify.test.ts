import { describe, expect, it } from 'vitest'
import { FormatError } from '../../parsers/bytes/errors.ts'
import { type Verification, verify } from '../../src/analyses/verify.ts'
import { referenceGraph } from '../../src/graph/reference-graph.ts'
import type { FoundChecksum, Integrity, ReadOwner } from '../../src/inventory/integrity.ts'
import type { References } from '../../src/owners/references.ts'

const [A, B, C] = ['a', 'b', 'c'].map((name, index) => `${String(index).repeat(32)}-${name}`) as [
  string,
  string,
  string,
]
const owner = (key: string, mentions: readonly string[] = []): ReadOwner => ({
  key,
  hash: `hash of ${key}`,
  size: 1000,
  mentions,
  undeclared: new Map(),
  failures: [],
  failed: 0,
})
const error = (code: 'CHECKSUM' | 'MALFORMED', found?: string): FormatError =>
  new FormatError(code, 'is wrong', { source: 'a.iso', structure: 'block', offset: 0, ...(found ? { found } : {}) })

/** A refers to B, and B to itself and to C. */
const declared: References = {
  graph: referenceGraph([A, B, C], [0, 1, 1, 1, 1, 2]),
  origin: 'registration',
  directory: '/nix/store',
  contentHashes: new Map([A, B, C].map((key) => [key, `hash of ${key}`])),
  contentSizes: new Map([A, B, C].map((key) => [key, 1000])),
  warnings: [],
  incomplete: [],
}
const sound: Integrity = {
  name: 'a.iso',
  size: 1,
  kind: 'nix',
  directory: '/nix/store',
  declared,
  declaredProblem: undefined,
  owners: [owner(A, [B]), owner(B, [B, C]), owner(C)],
  packages: [],
  files: { count: 2, bytes: 100, failures: [], failed: 0 },
  checksums: [{ path: '', structure: 'GPT header', algorithm: 'CRC-32', offset: 512, problem: undefined }],
  problems: [],
  complete: true,
}
const judge = (changes: Partial<Integrity>): Verification => verify({ ...sound, ...changes })
const withOwner = (changed: Partial<ReadOwner>): Partial<Integrity> => ({
  owners: [{ ...owner(A, [B]), ...changed }, owner(B, [B, C]), owner(C)],
})
const checksum = (problem: FormatError): FoundChecksum => ({ ...sound.checksums[0]!, problem })

describe('a verification', () => {
  it('passes what is as it is registered', () => {
    const { verdict, owners, references } = judge({})
    expect({ verdict, references }).toEqual({
      verdict: 'pass',
      references: { registered: 3, found: 3, unregistered: 0 },
    })
    expect(owners.map(({ key, status }) => [key, status])).toEqual([A, B, C].map((key) => [key, 'pass']))
  })

  const unread = {
    hash: undefined,
    size: undefined,
    mentions: [],
    failures: [{ path: 'x', error: error('MALFORMED') }],
    failed: 1,
  }
  it.each<[string, Partial<Integrity>, Verification['verdict'], Verification['owners'][number]['status']]>([
    ['another hash', withOwner({ hash: 'another' }), 'fail', 'fail'],
    ['another size', withOwner({ size: 1008 }), 'fail', 'fail'],
    ['no size', { declared: { ...declared, contentSizes: new Map() } }, 'pass', 'pass'],
    ['a registered reference that is not found', withOwner({ mentions: [] }), 'fail', 'fail'],
    ['a path that is registered, and not there', { owners: sound.owners.slice(1) }, 'fail', 'fail'],
    ['a path that cannot be read', withOwner(unread), 'unknown', 'fail'],
    ['a mention that nothing leads to', { owners: [owner(A, [B]), owner(B, [B, C]), owner(C, [A])] }, 'pass', 'pass'],
    ['a mention that its references lead to', withOwner({ mentions: [B, C] }), 'fail', 'fail'],
    ['another checksum', { checksums: [checksum(error('CHECKSUM'))] }, 'fail', 'pass'],
    ['a stream that cannot be read', { checksums: [checksum(error('MALFORMED'))] }, 'unknown', 'pass'],
    ['a file that cannot be read', { files: { ...sound.files, failed: 1 } }, 'unknown', 'pass'],
    ['an image that is cut short', { complete: false }, 'unknown', 'pass'],
    ['no registration', { declared: undefined }, 'unknown', 'unknown'],
    ['no hash', { declared: { ...declared, contentHashes: new Map([[B, `hash of ${B}`]]) } }, 'unknown', 'unknown'],
    ['a reference to nowhere', { declared: { ...declared, warnings: [error('MALFORMED')] } }, 'unknown', 'pass'],
    ['what differs, and what cannot be read', { ...withOwner({ hash: 'another' }), complete: false }, 'fail', 'fail'],
  ])('of %s', (_, changes, verdict, status) => {
    const result = judge(changes)
    expect({ verdict: result.verdict, status: result.owners[0]!.status }).toEqual({ verdict, status })
  })

  it('names the references that are missing, and those that are not registered', () => {
    const place = { path: 'bin/a', kind: 'content', offset: 7 } as const
    // Nothing leads from C to A and B.
    const owners = [owner(A, [B]), owner(B, [B, C]), { ...owner(C, [A, B]), undeclared: new Map([[A, place]]) }]
    const unregistered = [
      { key: A, place },
      { key: B, place: undefined },
    ]
    const named = judge({ owners })
    expect(named.owners[2]).toMatchObject({ missing: [], omitted: [], unregistered, differs: false, status: 'pass' })
    expect(named.references).toEqual({ registered: 3, found: 3, unregistered: 2 })
    expect(judge(withOwner({ mentions: [] })).owners[0]).toMatchObject({ missing: [B], differs: true })
  })

  it('fails a mention that Nix would have registered: of the path itself, and of what its references lead to', () => {
    const { owners, references, verdict } = judge(withOwner({ mentions: [A, B, C] }))
    expect(verdict).toBe('fail')
    expect(owners[0]).toMatchObject({ missing: [], omitted: [A, C], unregistered: [], differs: true, status: 'fail' })
    expect(references).toEqual({ registered: 3, found: 3, unregistered: 0 })
  })

  it('expects no reference of what it could not read', () => {
    const { owners, references } = judge(withOwner(unread))
    expect(owners[0]).toMatchObject({ missing: [], differs: false, failed: 1 })
    expect(references).toEqual({ registered: 2, found: 2, unregistered: 0 })
  })

  it('tells no warning about a path that it tells itself', () => {
    const warnings = [error('MALFORMED', `"${A}"`), error('MALFORMED', '"another"')]
    const { problems } = judge({ declared: { ...declared, warnings }, owners: sound.owners.slice(1) })
    expect(problems).toEqual([warnings[1]])
  })
})
