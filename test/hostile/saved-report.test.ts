import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { report as reportOf } from '../../src/analyses/report.ts'
import { openImage } from '../../src/images/open-image.ts'
import { Survey } from '../../src/inventory/survey.ts'
import { inventoryOf } from '../../src/inventory/take-inventory.ts'
import { ReportError, readReport } from '../../src/present/json/read-report.ts'
import { basePath } from '../analyses/synthetic-side.ts'
import { IMAGES, isoscope } from '../cli/run.ts'
import { reportText } from '../present/drawn-report.ts'

const images = readdirSync(IMAGES).filter((name) => /\.(iso|squashfs)$/.test(name))
const schema = JSON.parse(readFileSync(new URL('../../schemas/report.json', import.meta.url), 'utf8')) as object
const validate = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false, strictTuples: false }).compile(
  schema,
)

/** Commands that a saved report answers as its image does. */
const QUESTIONS: readonly (readonly [string, ...string[]])[] = [
  ['report'],
  ['report', '--json'],
  ['report', '--bytes', '-n', '0', '--sort', 'retained'],
  ['tree'],
  ['tree', '--json'],
  ['refs', 'systemd'],
  ['referrers', 'bash'],
  ['why-depends', 'boost'],
  ['why-depends', 'boost', '--all', '--color=always'],
]

describe('a saved report', () => {
  it.each([
    [
      'of more values than their text can be',
      () => gzipSync(`{"schema":"isoscope/report@1","x":[${'[],'.repeat(2 ** 22)}[]]}`),
      /bomb: is not a report: it has 4194307 arrays and objects in/,
    ],
    [
      'that unpacks to more than is read',
      () => gzipSync(`{"schema":"isoscope/report@1","x":"${' '.repeat(2 ** 27)}"}`),
      /bomb: is larger than a saved report may be; the limit is saved-report=134217728, and --parser-limit sets another/,
    ],
  ])('%s is refused', (_, bytes, sentence) => {
    writeFileSync(join(work, 'bomb'), bytes())
    const { code, stderr } = isoscope(['report', join(work, 'bomb')])
    expect(stderr).toMatch(sentence)
    expect(code).toBe(2)
  })

  it('is refused above the limit that is set', () => {
    const path = join(work, 'mini.json')
    isoscope(['report', 'mini.iso', '-o', path])
    expect(isoscope(['report', path, '--parser-limit', 'saved-report=1K'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/the limit is saved-report=1024, /),
    })
    expect(isoscope(['report', path, '--parser-limit', 'saved-report=10M'])).toMatchObject({ code: 0, stderr: '' })
  })

  let work = ''
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-saved-'))
  })
  afterAll(() => rmSync(work, { recursive: true }))

  const save = (image: string, name: string): string => {
    const path = join(work, name)
    expect(isoscope([image, '-o', path])).toMatchObject({ code: 0, stderr: '', stdout: Buffer.alloc(0) })
    return path
  }

  it.each(images)('of %s fits the schema, and answers as the image does', (image) => {
    const path = save(image, `${image}.json`)
    const report = JSON.parse(readFileSync(path, 'utf8')) as object
    expect(validate(report), JSON.stringify(validate.errors)).toBe(true)
    for (const args of [[], ['--json']]) {
      const of = (file: string) => isoscope([file, ...args])
      expect(of(path)).toEqual(of(image))
    }
  })

  it.each(QUESTIONS)('answers %s %s as the image does', (command, ...args) => {
    const path = save('mini.iso', 'mini.json.gz')
    // The name of the image stands in answers, that of the report in none.
    expect(isoscope([command, path, ...args])).toEqual(isoscope([command, 'mini.iso', ...args]))
  })

  it('answers why but for the files, and says so', () => {
    const path = save('mini.iso', 'mini.json')
    const { code, stdout } = isoscope(['why', path, 'boost'])
    const fromImage = isoscope(['why', 'mini.iso', 'boost']).stdout.toString()
    expect(code).toBe(0)
    const withoutFiles = (text: string): string => text.replace(/^([^\n]*?[a-z0-9])\s{2,}(?!root:)[^\n]+$/gm, '$1')
    expect(withoutFiles(stdout.toString())).toBe(withoutFiles(fromImage))
  })

  it('of a time when there were no hard links in it is read all the same', () => {
    const { accounts, ...rest } = JSON.parse(readFileSync(save('rockridge.iso', 'links.json'), 'utf8')) as {
      accounts: { path?: string; otherNames?: string[] }[]
    }
    expect(accounts.filter(({ otherNames }) => otherNames !== undefined)).toMatchObject([
      { path: '/copies/hard-link.txt', otherNames: ['/docs/hello.txt'] },
    ])
    const old = join(work, 'old.json')
    writeFileSync(old, JSON.stringify({ ...rest, accounts: accounts.map(({ otherNames: _, ...account }) => account) }))
    const { code, stdout, stderr } = isoscope([old])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.toString()).toMatch(/ \/copies\/hard-link\.txt\n/)
    writeFileSync(
      old,
      JSON.stringify({ ...rest, accounts: accounts.map((account) => ({ ...account, otherNames: [1] })) }),
    )
    expect(isoscope([old])).toMatchObject({ code: 2, stderr: expect.stringContaining('accounts[0].otherNames[0]') })
  })

  it('is compressed where its name says so, and written twice where two are asked for', () => {
    const plain = join(work, 'both.json')
    isoscope(['mini.iso', '-o', plain, '-o', `${plain}.gz`])
    expect(gunzipSync(readFileSync(`${plain}.gz`))).toEqual(readFileSync(plain))
  })

  it.each(['ndjson', 'csv', 'tsv', 'md'])('is a file of what --format %s prints where its name says so', (format) => {
    const path = save('mini.iso', `table.${format}`)
    const printed = isoscope(['mini.iso', '--format', format]).stdout
    expect(readFileSync(path)).toEqual(printed)
    expect(gunzipSync(readFileSync(save('mini.iso', `table.${format}.gz`)))).toEqual(printed)
  })

  it('has the entries of each store path', () => {
    const report = JSON.parse(readFileSync(save('mini.iso', 'entries.json'), 'utf8')) as {
      storePaths: { path: string; unpacked: number; files: number; ownByRegion: object; entries: unknown[][] }[]
    }
    for (const { path, unpacked, files, entries, ownByRegion } of report.storePaths) {
      if (Object.keys(ownByRegion).length > 1) continue
      const sizes = entries.flatMap(([, size]) => (typeof size === 'number' ? [size] : []))
      // No hard links in it.
      expect({ path, files: sizes.length }).toEqual({ path, files })
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(unpacked)
    }
    const localtime = report.storePaths.find(({ path }) => path.endsWith('-localtime'))!
    expect(localtime.entries).toEqual([['', 'symlink', expect.stringMatching(/^\/nix\/store\/.*-tzdata/)]])
  })

  it('has the modes, owners and times of all entries, those that are unusual beside them', () => {
    const path = save('gensquashfs.squashfs', 'metadata.json')
    const { outside, usual, xattrSets } = JSON.parse(readFileSync(path, 'utf8')) as {
      outside: { directory: string; entries: unknown[][] }[]
      usual: { owner: number[]; time: number; modes: Record<string, string> }
      xattrSets: unknown[]
    }
    const survey = new Survey(() => openImage(join(IMAGES, 'gensquashfs.squashfs')))
    const [read] = [readReport(readFileSync(path, 'utf8'))]
    expect(read.files).toEqual(survey.files)
    expect(read.outside).toEqual(survey.outside)
    expect(outside.flatMap(({ entries }) => entries).length).toBe(survey.outside!.length)
    expect(usual.modes['directory']).toMatch(/^0[0-7]{3}$/)
    expect(xattrSets).toBeInstanceOf(Array)
  })

  it('of an earlier version is read, and its metadata is not compared', () => {
    const report = JSON.parse(readFileSync(save('mini.iso', 'new.json'), 'utf8')) as Record<string, unknown>
    const { usual: _, outside: __, xattrSets: ___, ...earlier } = report
    const paths = (report['storePaths'] as { entries: unknown[][] }[]).map(({ entries, ...rest }) => ({
      ...rest,
      entries: entries.map((entry) => entry.filter((part) => typeof part !== 'object')),
    }))
    const path = join(work, 'earlier.json')
    writeFileSync(path, JSON.stringify({ ...earlier, storePaths: paths }))
    expect(validate({ ...earlier, storePaths: paths })).toBe(true)
    const { code, stdout, stderr } = isoscope(['diff', path, 'mini-slim.iso'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.toString()).toMatch(/\nModes, owners and times were not compared: /)
    expect(isoscope(['diff', path, 'mini-slim.iso', '--json']).stdout.toString()).toMatch(
      /"outsideOwners":null,"metadata":null,"privilegeChanges":null/,
    )
    expect(isoscope(['diff', path, 'mini.iso', 'boost']).stdout.toString()).toMatch(
      /A report that was saved by an earlier version has no modes, owners and times\.\n$/,
    )
  })

  it('is refused where what it has of metadata is not whole', () => {
    const report = JSON.parse(readFileSync(save('mini-slim.iso', 'whole.json'), 'utf8')) as Record<string, unknown>
    for (const [entry, message] of [
      [['x', 1, { mode: '9999' }], /entries\[0\]\.mode must be four octal digits/],
      [['x', 1, 'x', { owner: [1] }], /entries\[0\]\.owner\[1\] is missing/],
      [['x', 'symlink', 'y', { time: 0.5 }], /entries\[0\]\.time must be a whole number/],
      [['x', 'directory', { xattrs: 7 }], /an entry has set 7 of extended attributes, of which there are 0/],
      [['x', 'directory', null], /entries\[0\] must be an object/],
    ] as const) {
      const path = join(work, 'changed.json')
      writeFileSync(path, JSON.stringify({ ...report, outside: [{ directory: '', entries: [entry] }] }))
      const { code, stderr } = isoscope(['diff', path, path])
      expect(stderr).toMatch(message)
      expect(code).toBe(2)
    }
  })

  it('is refused where contents are needed', () => {
    const path = save('mini.iso', 'refused.json')
    for (const args of [
      ['ls', path],
      ['cat', path, '/version.txt'],
      ['why-depends', path, 'boost', '--precise'],
      [path, '--references', 'scan'],
    ]) {
      const { code, stdout, stderr } = isoscope(args)
      expect({ code, stdout: stdout.toString() }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toMatch(/^isoscope: .*refused\.json: is a saved report; the image itself is needed for this\n$/)
    }
    writeFileSync(join(work, 'other.json'), '{"a":1}')
    expect(isoscope(['ls', join(work, 'other.json')])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/other\.json: is JSON, and no image\n$/),
    })
  })

  it.each([
    [
      'another schema',
      '{"schema":"isoscope/report@3"}',
      /is a saved report of schema "isoscope\/report@3", and only isoscope\/report@2 and isoscope\/report@1 are read here; save it anew/,
    ],
    [
      'no report',
      '{"schema":"isoscope/tree@1"}',
      /is JSON of schema "isoscope\/tree@1", and neither an image nor a saved report/,
    ],
    ['no schema', '{"a":1}', /is JSON without a schema, and neither an image nor a saved report/],
    ['a list that is missing', '{"schema":"isoscope/report@2"}', /is not a whole isoscope\/report@2: image is missing/],
    ['half a text', '{"schema":"isoscope/rep', /is not valid JSON/],
  ])('is refused by name: %s', (_, text, message) => {
    for (const [name, bytes] of [
      ['bad.json', Buffer.from(text)],
      ['bad.json.gz', gzipSync(text)],
    ] as const) {
      writeFileSync(join(work, name), bytes)
      const { code, stderr } = isoscope([join(work, name)])
      expect(code).toBe(2)
      expect(stderr).toMatch(message)
      expect(stderr).toMatch(/^isoscope: [^\n]*\/bad\.json(\.gz)?: [^\n]*\n$/)
    }
  })

  it('is refused if its parts do not fit together', () => {
    interface Changed {
      image: { format: string; squashfs: { compressor: string }[] }
      storePaths: object[]
      accounts: { kind: string; storePath?: string }[]
    }
    const whole = readFileSync(save('mini-slim.iso', 'whole.json'), 'utf8')
    const answer = (change: (report: Changed) => void): string => {
      const report = JSON.parse(whole) as Changed
      change(report)
      writeFileSync(join(work, 'changed.json'), JSON.stringify(report))
      const { code, stderr, stdout } = isoscope([join(work, 'changed.json')])
      return code === 0 ? stdout.toString() : stderr
    }
    const ofStore = ({ accounts }: Changed) => accounts.find(({ kind }) => kind === 'storePath')!
    expect(answer(({ storePaths }) => storePaths.push(storePaths[0]!))).toMatch(/storePaths has \S+ twice/)
    expect(answer(({ image }) => (image.format = 'foo'))).toMatch(/image\.format must be one of "squashfs", "iso9660"/)
    expect(answer((report) => delete ofStore(report).storePath)).toMatch(/accounts\[\d+\] must name an owner/)
    expect(answer((report) => (ofStore(report).kind = 'file'))).toMatch(/accounts\[\d+\] must name an owner/)
    const coloured = answer(({ image }) => (image.squashfs[0]!.compressor = '\u001b[31mevil'))
    expect(coloured).toContain('evil')
    expect(coloured).not.toContain('\u001b')
  })

  it('is refused in a sentence, or read, whatever is missing in it', async () => {
    const report = JSON.parse(readFileSync(save('mini-slim.iso', 'whole.json'), 'utf8')) as Record<string, unknown>
    let refused = 0
    const answer = async (value: unknown): Promise<void> => {
      try {
        const survey = new Survey(() => expect.fail('opened'), {}, readReport(JSON.stringify(value)))
        const inventory = await inventoryOf(survey, 'auto')
        const style = { width: 80, color: false, unicode: true }
        const options = { style, unit: 'iec', top: 0, sort: 'own', min: 0, fullPaths: false } as const
        expect(reportText(reportOf(inventory), options)).not.toMatch(/NaN|undefined/)
      } catch (error) {
        if (!(error instanceof ReportError)) throw error
        refused += 1
      }
    }
    const values = [undefined, [null], [{}], 'text', -1]
    for (const [key, list] of Object.entries(report)) {
      for (const value of values) {
        await answer({ ...report, [key]: value })
        if (!Array.isArray(list) || list.length === 0) continue
        for (const field of Object.keys(list[0] as object)) {
          await answer({ ...report, [key]: [{ ...list[0], [field]: value }, ...list.slice(1)] })
        }
      }
    }
    expect(refused).toBeGreaterThan(100)
  })

  it('is not believed when its sizes do not add up, or it shares with what is not in it', () => {
    const report = JSON.parse(readFileSync(save('mini-slim.iso', 'sums.json'), 'utf8')) as Record<string, object>
    for (const [change, message] of [
      [{ image: { ...report['image'], size: 1000 } }, /its accounts have 1048576 bytes, and its image 1000/],
      [{ accounts: [] }, /its accounts have 0 bytes/],
      [
        { shared: [{ owners: [`/nix/store/${basePath(1, 'x')}`], shares: [1], others: false, bytes: 5 }] },
        /shared\[0\] names 0+1-x, which is not in it/,
      ],
      [{ accounts: [{ ...(report['accounts'] as object[])[0], own: undefined }] }, /accounts\[0\]\.own is missing\n$/],
      [
        { accounts: [{ ...(report['accounts'] as object[])[0], own: -1 }] },
        /accounts\[0\]\.own must be a whole number/,
      ],
      [{ storePaths: [{ path: '/nix/store/x' }] }, /storePaths\[0\]\.path must be a store path\n$/],
      [{ storePaths: [{ path: `/nix/store/${basePath(1, 'x')}` }] }, /storePaths\[0\]\.references is missing\n$/],
      [{ warnings: [null] }, /warnings\[0\] must be an object\n$/],
    ] as const) {
      const path = join(work, 'changed.json')
      writeFileSync(path, JSON.stringify({ ...report, ...change }))
      const { code, stderr } = isoscope(['check', path, '--max', '1GiB'])
      expect(code).toBe(2)
      expect(stderr).toMatch(message)
    }
  })

  it('of the first schema is read still', () => {
    const first = join(IMAGES, '../reports/mini-slim-report-1.json.gz')
    for (const question of [['report', '-n', '0'], ['why', 'perl'], ['tree'], ['refs', 'system-path']]) {
      const [command = '', ...rest] = question
      const said = isoscope([command, first, ...rest])
      expect(said.stderr.replaceAll(first, 'mini-slim.iso')).toBe(isoscope([command, 'mini-slim.iso', ...rest]).stderr)
      if (command !== 'why') expect(said.stdout).toEqual(isoscope([command, 'mini-slim.iso', ...rest]).stdout)
    }
    expect(isoscope(['diff', first, 'mini-slim.iso']).stdout.toString()).toContain('Nothing changed')
  })

  it('may be made without references, and then has none', () => {
    const path = join(work, 'none.json')
    expect(isoscope(['mini.iso', '--references', 'none', '-o', path]).code).toBe(0)
    expect(isoscope([path])).toEqual(isoscope(['mini.iso', '--references', 'none']))
    expect(isoscope(['tree', path])).toMatchObject({
      code: 2,
      stderr: `isoscope: ${path}: was saved without references; save it with them\n`,
    })
  })

  it('cannot be saved under another name or where there is no place, and leaves nothing', () => {
    expect(isoscope(['mini.iso', '-o', join(work, 'x.pdf')])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /x\.pdf: its extension does not say in which format: \.txt, \.json, \.ndjson, \.csv, \.tsv, \.md, \.html, \.parquet, or those with \.gz\n$/,
      ),
    })
    expect(isoscope(['mini.iso', '-o', '/dev/null/x.json'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/x\.json: cannot be written: part of the path is not a directory/),
    })
    expect(readdirSync(work).filter((name) => name.endsWith('.tmp') || name.startsWith('x.'))).toEqual([])
  })
})
