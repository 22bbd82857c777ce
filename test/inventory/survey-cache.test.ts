import { createHash } from 'node:crypto'
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FormatError } from '../../parsers/bytes/errors.ts'
import { report } from '../../src/analyses/report.ts'
import { openImage } from '../../src/images/open-image.ts'
import { partsOfJson, partsToJson } from '../../src/inventory/json.ts'
import { Survey, type SurveyParts } from '../../src/inventory/survey.ts'
import { loadSurvey, saveSurvey } from '../../src/inventory/survey-cache.ts'
import { inventoryOf } from '../../src/inventory/take-inventory.ts'
import { ownersIn } from '../../src/owners/owners-in.ts'
import { basePath } from '../analyses/synthetic-side.ts'
import { squashfsOf } from '../parsers/squashfs/writer.ts'

const MINI = fileURLToPath(new URL('../../fixtures/images/mini.iso', import.meta.url))

/** All parts there are, of a real image. */
async function surveyed(): Promise<SurveyParts> {
  const open = openImage(MINI)
  const survey = new Survey(() => open)
  await survey.references('registration')
  await survey.references('scan')
  await survey.compressed()
  // Each entry of the disc and of the squashfs is in an owner, or without one.
  const entries = ownersIn(open).images.reduce((sum, { image }) => sum + image.tree.entries.length, 0)
  const owned = [...survey.files.values()].reduce((sum, files) => sum + files.length, 0)
  expect([survey.files.size, owned + survey.outside!.length]).toEqual([47, entries])
  expect([(await survey.summary()).owners, survey.boots.size]).toEqual([47, 1])
  open.close()
  return survey.parts
}

/** All parts of a small store: a change of each is tried, and the answers of each are looked at. */
async function surveyedSmall(path: string): Promise<SurveyParts> {
  const [one, other] = [basePath(1, 'one'), basePath(2, 'other')]
  const record = (key: string, to: string): string =>
    `/nix/store/${key}\nsha256:${'0'.repeat(52)}\n1\n\n1\n/nix/store/${to}\n`
  const files = {
    [`${one}/file`]: `see /nix/store/${other}`,
    [`${one}/file.gz`]: gzipSync(`see /nix/store/${other}`),
    [`${other}/file`]: `see /nix/store/${one}`,
    'nix-path-registration': record(one, other) + record(other, one),
  }
  writeFileSync(path, squashfsOf(files))
  const open = openImage(path)
  const survey = new Survey(() => open)
  await survey.references('registration')
  await survey.references('scan')
  await survey.compressed()
  const { owners } = await survey.summary()
  expect([survey.files.size, survey.outside!.length, owners, survey.boots.size]).toEqual([2, 2, 2, 0])
  open.close()
  return survey.parts
}

describe('the JSON of a survey', () => {
  it('says the same when it is read again', async () => {
    const parts = await surveyed()
    expect(Object.keys(parts).sort()).toEqual([
      'attribution',
      'boots',
      'compressed',
      'files',
      'keys',
      'kind',
      'outside',
      'registration',
      'scan',
      'summary',
    ])
    const again = partsOfJson(partsToJson(parts))
    const { scan, ...rest } = parts
    const { scan: scanAgain, ...restAgain } = again
    expect(restAgain).toEqual(rest)
    const key = (mention: object): string => JSON.stringify(mention)
    expect(scanAgain!.mentions.map(key).sort()).toEqual(scan!.mentions.map(key).sort())
    expect(scan!.mentions.length).toBeGreaterThan(100)
  })

  it('keeps problems, names that are not UTF-8, and what is not known', () => {
    const problem = new FormatError('TRUNCATED', 'ends', { source: 'x.iso', structure: 'data block', offset: 7 })
    const path = 'bin/\xff\n"'
    const [from, to] = [basePath(1, 'a'), basePath(2, 'b')]
    const parts: SurveyParts = {
      keys: [from, to],
      registration: { problem },
      scan: {
        mentions: [{ from, to, path, kind: 'target', offset: 3 }],
        failures: [{ owner: from, error: problem }],
      },
    }
    expect(partsOfJson(partsToJson(parts))).toEqual(parts)
    expect(partsOfJson(partsToJson({}))).toEqual({})
  })
})

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** A JSON value with something in it taken out, or of another type: of a list the first item stands for all. */
function* variants(json: Json): Generator<Json> {
  for (const other of [null, -1, 1e9, 'text', [], {}, [null]] as Json[]) yield other
  if (Array.isArray(json)) {
    const [first, ...rest] = json
    if (first === undefined) return
    yield rest
    yield [...json, first]
    for (const changed of variants(first)) yield [changed, ...rest]
  } else if (typeof json === 'object' && json !== null) {
    for (const [key, value] of Object.entries(json)) {
      const { [key]: _, ...others } = json
      yield others
      for (const changed of variants(value)) yield { ...json, [key]: changed }
    }
  }
}

describe('the cache', () => {
  let directory = ''
  const parts: SurveyParts = { keys: [basePath(1, 'some-path')] }
  const keep = (identity = 'id'): string => {
    saveSurvey(directory, '1', identity, parts)
    return join(directory, readdirSync(directory).at(-1)!)
  }
  beforeEach(() => {
    directory = join(mkdtempSync(join(tmpdir(), 'isoscope-cache-')), 'isoscope')
  })
  afterEach(() => rmSync(join(directory, '..'), { recursive: true }))

  it('gives back what was kept, for that image and version alone', () => {
    keep()
    expect(loadSurvey(directory, '1', 'id')).toEqual(parts)
    expect(loadSurvey(directory, '1', 'other')).toBeUndefined()
    expect(loadSurvey(directory, '2', 'id')).toBeUndefined()
  })

  it('is for its owner alone', () => {
    const path = keep()
    expect([statSync(directory).mode & 0o777, statSync(path).mode & 0o777]).toEqual([0o700, 0o600])
  })

  it('believes no damaged file: every byte is covered', () => {
    const path = keep()
    const whole = readFileSync(path)
    for (let at = 0; at < whole.length; at += 1) {
      const damaged = Buffer.from(whole)
      damaged[at]! ^= 1
      writeFileSync(path, damaged)
      expect(loadSurvey(directory, '1', 'id')).toBeUndefined()
      writeFileSync(path, whole.subarray(0, at))
      expect(loadSurvey(directory, '1', 'id')).toBeUndefined()
    }
    writeFileSync(path, whole)
    expect(loadSurvey(directory, '1', 'id')).toEqual(parts)
  })

  it('believes no body of another shape, whatever its checksum, or answers from it', async () => {
    const image = join(directory, '..', 'small.squashfs')
    const whole = JSON.parse(partsToJson(await surveyedSmall(image))) as Json
    const path = keep()
    const head = readFileSync(path, 'latin1').split(' ').slice(0, 3)
    let refused = 0
    const load = async (json: Json): Promise<void> => {
      const body = JSON.stringify(json) ?? ''
      const sum = createHash('sha256').update(body).digest('hex')
      writeFileSync(path, `${[...head, sum].join(' ')}\n${body}`)
      const found = loadSurvey(directory, '1', 'id')
      if (found === undefined) {
        refused += 1
        return
      }
      // All that is believed is answered from, or found out anew.
      const open = openImage(image)
      const survey = new Survey(() => open, { jobs: 1 }, found)
      for (const from of ['registration', 'scan'] as const) {
        const { owners } = report(await inventoryOf(survey, from))
        expect(owners.every(({ own, unpacked }) => own + unpacked >= 0)).toBe(true)
      }
      open.close()
    }
    await load(whole)
    expect(refused).toBe(0)
    let changes = 0
    for (const changed of variants(whole)) {
      changes += 1
      await load(changed)
    }
    expect(refused).toBeGreaterThan(200)
    expect(changes - refused).toBeLessThan(refused)
  })

  it('believes no keys out of order, or twice', () => {
    const [a, b] = [basePath(1, 'a'), basePath(2, 'b')]
    expect(partsOfJson(JSON.stringify({ keys: [a, b] }))).toEqual({ keys: [a, b] })
    for (const keys of [
      [b, a],
      [a, a],
    ])
      expect(() => partsOfJson(JSON.stringify({ keys }))).toThrow(/keys must be in order/)
  })

  it('believes no file of another image under its name', () => {
    const path = keep()
    const other = readFileSync(path)
    rmSync(path)
    const wanted = keep('wanted')
    writeFileSync(wanted, other)
    expect(loadSurvey(directory, '1', 'wanted')).toBeUndefined()
  })

  it('makes the directories above it that are not there', () => {
    directory = join(directory, 'a', 'b')
    keep()
    expect(loadSurvey(directory, '1', 'id')).toEqual(parts)
    directory = join(directory, '..', '..')
  })

  it('leaves nothing half-written, and nothing where it cannot write', () => {
    keep()
    expect(readdirSync(directory)).toHaveLength(1)
    // Below a file, below what has no directories of ours, and below a link that leads nowhere.
    symlinkSync(join(directory, 'nowhere'), join(directory, 'link'))
    for (const base of ['/dev/null', '/proc', '/proc/x/y', join(directory, 'link')]) {
      expect(() => saveSurvey(join(base, 'isoscope'), '1', 'id', parts)).not.toThrow()
    }
    const readOnly = join(directory, 'read-only')
    saveSurvey(readOnly, '1', 'id', parts)
    chmodSync(readOnly, 0o500)
    expect(() => saveSurvey(readOnly, '1', 'other', parts)).not.toThrow()
    expect(loadSurvey(readOnly, '1', 'id')).toEqual(parts)
  })

  it('stays bounded: what was written longest ago goes first, and what nobody finishes', () => {
    // Three files of 100 MB, sparse, and room for 256 MiB.
    for (const [index, name] of ['oldest', 'older', 'young'].entries()) {
      const path = join(directory, `${name}.survey`)
      if (index === 0) keep()
      writeFileSync(path, '')
      truncateSync(path, 100_000_000)
      utimesSync(path, 1000 + index, 1000 + index)
    }
    writeFileSync(join(directory, 'x.survey.12.tmp'), 'half')
    utimesSync(join(directory, 'x.survey.12.tmp'), 1, 1)
    writeFileSync(join(directory, 'not ours'), '')
    keep('newest')
    const names = readdirSync(directory)
    expect(names).toEqual(expect.arrayContaining(['older.survey', 'young.survey', 'not ours']))
    expect(names.filter((name) => /oldest|tmp/.test(name))).toEqual([])
    expect(loadSurvey(directory, '1', 'newest')).toEqual(parts)
  })
})
