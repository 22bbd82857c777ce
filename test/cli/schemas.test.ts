import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { discOf } from '../owners/disc.ts'
import { CHANGED_DEBIAN, SMALL_DEBIAN } from '../owners/dpkg/small-debian.ts'
import { squashfsOf } from '../parsers/squashfs/writer.ts'
import { isoscope } from './run.ts'
import { eachPart, type Schema, typeNames, unreached } from './schema-coverage.ts'
import { MADE } from './schema-instances.ts'
import { UNREACHED } from './schema-unreached.ts'

const SCHEMAS = new URL('../../schemas/', import.meta.url)

/** Schemas of what is no output: of the configuration, and of the table of options. */
const OTHERS = ['config.json', 'hints.json']

/** Command lines whose JSON fits a schema; OLD and NEW have packages of dpkg, TWO has OLD twice, BOTH has OLD and NEW, SUMS is damaged. They end with any of the exit codes that answer. */
const OUTPUTS: Readonly<Record<string, readonly string[]>> = {
  report: [
    ...['report mini.iso', 'mini-slim.iso --deep', 'plain.iso', 'zstd.squashfs --references none', 'report OLD'],
    ...['report EQUAL', 'report DISC', 'report SYSTEMS'],
  ],
  ls: ['ls mini.iso', 'ls -R nested.iso', 'ls -R gensquashfs.squashfs', 'ls --du mini.iso nix-store.squashfs'],
  why: [
    'why mini.iso perl glibc nixos-system',
    'why mini.iso boost --deep',
    'why mini-slim.iso bash --references scan',
    'why OLD libtinfo6 vim linux-perf',
  ],
  cuts: ['cuts mini.iso', 'cuts mini-slim.iso', 'cuts OLD'],
  without: ['without mini.iso perl', 'without mini.iso system-path', 'without OLD vim'],
  tree: ['tree mini.iso', 'tree mini.iso nix-2.31.2', 'tree OLD'],
  duplicates: [
    'duplicates mini.iso --deep',
    'duplicates plain.iso',
    'duplicates mini.iso --references none',
    'duplicates BOTH',
    'duplicates TWO',
    'duplicates EQUAL',
  ],
  advise: ['advise mini.iso', 'advise mini-slim.iso --apply manual-html'],
  'advise-packing': ['advise --packing mini.iso --sample 64K'],
  refs: ['refs mini.iso nix-2.31.2', 'refs mini.iso tzdata', 'refs OLD vim'],
  referrers: ['referrers mini.iso glibc', 'referrers OLD libtinfo6'],
  diff: [
    'diff mini.iso mini-slim.iso',
    'diff mini.iso mini-slim.iso --by package',
    'diff mini.iso mini-slim.iso --by directory',
    'diff mini.iso mini-slim.iso --by file',
    'diff plain.iso mini.iso',
    'diff OLD NEW',
  ],
  history: [
    'history mini.iso mini-slim.iso mini.iso --order version',
    'history mini.iso plain.iso --by region',
    'history mini-slim.iso mini.iso --order date --by package',
    'history OLD NEW --order given',
  ],
  'diff-files': [
    'diff mini.iso mini-slim.iso system-path',
    'diff mini.iso mini-slim.iso boost',
    'diff mini-slim.iso mini.iso boost',
    'diff OLD NEW vim',
    'diff OLD NEW linux-perf',
    'diff NEW OLD linux-perf',
  ],
  check: [
    'check mini.iso --max 1MiB --max initrd=1K --forbid perl* --no-duplicates *',
    'check mini.iso --max-growth 1M',
    'check mini.iso --max-growth 1M --max-growth-percent initrd=2 --base mini-slim.iso',
    'check OLD --max package:vim=1 --forbid libtinfo*',
  ],
  verify: ['verify mini.iso', 'verify zstd.squashfs', 'verify OLD', 'verify SUMS'],
}

/**
 * Words that have two types, and why. What people write for us, the configuration and the table of options, has words of
 * its own.
 */
const TWO_TYPES: Readonly<Record<string, string>> = {
  found: 'of a damaged image: a number or a text, as its field is',
  expected: 'the same',
  entries: 'a saved report has hundred thousands of them, as short lists; ls has objects',
  device: 'a list in such an entry, where its names would take more room than its numbers',
  image: 'a flag in such an entry',
}

/** By the name of a property, its types in all schemas of outputs, with a place that has each. */
function typesByWord(): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const words = new Map<string, Map<string, string>>()
  for (const name of Object.keys(OUTPUTS)) {
    const root = schemaOf(name)
    eachPart(root, ({ properties = {} }, place) => {
      for (const [word, part] of Object.entries(properties)) {
        const types = words.get(word) ?? new Map<string, string>()
        words.set(word, types)
        for (const type of typeNames(root, part)) if (type !== 'null') types.set(type, `${name}${place}`)
      }
    })
  }
  return words
}

function schemaOf(name: string): Schema & { readonly $id: string } {
  return JSON.parse(readFileSync(new URL(`${name}.json`, SCHEMAS), 'utf8')) as Schema & { readonly $id: string }
}

/** The schema with no room for fields that it does not name. Published, it leaves room. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const entries = Object.entries(schema).map(([key, value]) => [key, closed(value)] as const)
  const all = Object.fromEntries(entries)
  const isObject = 'properties' in schema && !('additionalProperties' in schema) && 'type' in schema
  return isObject ? { ...all, additionalProperties: false } : all
}

/** An image with a package whose files are not as its sums say, and with one that cannot be read. */
function withSums(): Uint8Array {
  const paths = ['bin/vim', 'none', '\xff'].map((path) => `usr/${path}\n`)
  const files = {
    ...SMALL_DEBIAN,
    'usr/bin/bash': 'bash'.repeat(40_000),
    'var/lib/dpkg/info/vim.list': paths.map((path) => `/${path}`).join(''),
    'var/lib/dpkg/info/vim.md5sums': paths.map((path) => `${'0'.repeat(32)}  ${path}`).join(''),
  }
  const image = squashfsOf(files)
  // The first block of data follows the superblock, and is that of bash.
  image.fill(0xff, 100, 140)
  return image
}

/** Calls back for each object in a value, with the field that it is in. */
function eachObject(
  value: unknown,
  see: (object: Readonly<Record<string, unknown>>, field: string) => void,
  field = '',
) {
  if (Array.isArray(value)) for (const item of value) eachObject(item, see, field)
  else if (typeof value === 'object' && value !== null) {
    see(value as Readonly<Record<string, unknown>>, field)
    for (const [name, part] of Object.entries(value)) eachObject(part, see, name)
  }
}

describe('schemas', () => {
  let work = ''
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-schemas-'))
    writeFileSync(join(work, 'OLD'), squashfsOf(SMALL_DEBIAN))
    writeFileSync(join(work, 'NEW'), squashfsOf(CHANGED_DEBIAN))
    writeFileSync(join(work, 'SUMS'), withSums())
    const equal = Object.fromEntries(['a', 'b/\xff', 'c'].map((path) => [path, 'equal'.repeat(2000)]))
    writeFileSync(join(work, 'EQUAL'), squashfsOf(equal))
    // The squashfs stores it once, and the disc twice.
    const content = new TextEncoder().encode('equal'.repeat(2000))
    const { file } = discOf({ a: content, b: content })
    writeFileSync(join(work, 'DISC'), file.read(0, file.size))
    const systems = ['debian', 'ubuntu'].map((id) =>
      squashfsOf({ ...SMALL_DEBIAN, 'usr/lib/os-release': `ID=${id}\nVERSION_ID=1\n` }),
    )
    const { file: several } = discOf({ 'a.squashfs': systems[0]!, 'b.squashfs': systems[1]! })
    writeFileSync(join(work, 'SYSTEMS'), several.read(0, several.size))
    const layer = squashfsOf(SMALL_DEBIAN)
    writeFileSync(join(work, 'TWO'), squashfsOf({ 'a.squashfs': layer, 'b/b.squashfs': layer }))
    const changed = squashfsOf(CHANGED_DEBIAN)
    writeFileSync(join(work, 'BOTH'), squashfsOf({ 'a.squashfs': layer, 'b/b.squashfs': changed }))
  })
  afterAll(() => rmSync(work, { recursive: true, force: true }))
  const argsOf = (line: string): string[] =>
    [...line.split(' '), '--json'].map((word) =>
      /^(OLD|NEW|TWO|BOTH|SUMS|EQUAL|DISC|SYSTEMS)$/.test(word) ? join(work, word) : word,
    )

  it('are published for each JSON that a command writes', () => {
    const published = readdirSync(SCHEMAS).filter((name) => !OTHERS.includes(name))
    expect(published.map((name) => name.replace('.json', '')).sort()).toEqual(Object.keys(OUTPUTS).sort())
    const { exports } = JSON.parse(readFileSync(new URL('../package.json', SCHEMAS), 'utf8')) as { exports: object }
    for (const name of readdirSync(SCHEMAS)) expect(exports).toHaveProperty([`./schemas/${name}`])
  })

  it('give each word one type, whichever command writes it', () => {
    const several = [...typesByWord()].filter(([, types]) => types.size > 1)
    const unexplained = several.filter(([word]) => !(word in TWO_TYPES))
    expect(unexplained.map(([word, types]) => [word, Object.fromEntries(types)])).toEqual([])
    expect(several.map(([word]) => word).sort()).toEqual(Object.keys(TWO_TYPES).sort())
  })

  it.each(Object.entries(OUTPUTS))('%s: has every field, and no other', async (name, lines) => {
    const schema = schemaOf(name)
    const ajv = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false, strictTuples: false })
    const validate = ajv.compile(closed(schema) as object)
    const instances: unknown[] = []
    for (const line of lines) {
      const { code, stdout } = isoscope(argsOf(line))
      expect(code).toBeLessThan(3)
      const json = JSON.parse(stdout.toString()) as { schema: string }
      expect(json.schema).toBe(schema.$id)
      expect(validate(json), `${line}: ${JSON.stringify(validate.errors)}`).toBe(true)
      instances.push(json)
    }
    for (const text of (await MADE[name]?.()) ?? []) {
      const json = JSON.parse(text) as unknown
      expect(validate(json), `${name}: ${JSON.stringify(validate.errors)}`).toBe(true)
      instances.push(json)
    }
    expect([...unreached(schema, instances, ajv)].sort()).toEqual([...(UNREACHED[name] ?? [])].sort())
  })

  it.each(
    Object.values(OUTPUTS)
      .flat()
      .filter((line) => /\b(OLD|BOTH|SUMS)\b/.test(line)),
  )('%s: has the parts of each package, and no word for store paths', (line) => {
    let packages = 0
    eachObject(JSON.parse(isoscope(argsOf(line)).stdout.toString()), (object, field) => {
      if (object['key'] !== undefined && field !== 'absentPackages') {
        packages += 1
        expect(object).toMatchObject({ manager: 'dpkg', name: expect.any(String), architecture: expect.any(String) })
        expect(object).toHaveProperty('version')
      }
      for (const [name, value] of Object.entries(object)) {
        const isPackage = [value].flat().some((one) => typeof one === 'string' && one.startsWith('dpkg:'))
        if (isPackage) expect(name).not.toMatch(/path/i)
        if (/storePath/.test(name)) expect(JSON.stringify(value)).toMatch(/^(0|null|\[\]|\{("\w+":0,?)+\})$/)
      }
    })
    if (!/^(cuts|check|diff|history) /.test(line)) expect(packages).toBeGreaterThan(0)
  })
})
