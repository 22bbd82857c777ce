import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ParquetFile } from '../../src/present/parquet/parquet-file.ts'
import { IMAGES, isoscope } from '../cli/run.ts'

const work = mkdtempSync(join(tmpdir(), 'isoscope-parquet-'))
let duckdb: DuckDBConnection
beforeAll(async () => {
  duckdb = await (await DuckDBInstance.create(':memory:')).connect()
})
afterAll(() => {
  duckdb.disconnectSync()
  rmSync(work, { recursive: true })
})

type Row = Readonly<Record<string, unknown>>

/** What a question to DuckDB gives; integers as numbers. */
async function ask(question: string): Promise<Row[]> {
  const answer = await duckdb.runAndReadAll(question)
  return answer
    .getRowObjects()
    .map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([key, value]) => [key, typeof value === 'bigint' ? Number(value) : value]),
      ),
    )
}

const at = (name: string): string => join(work, name)

/** An image with a name that is not UTF-8. */
const odd = at('odd.iso')
beforeAll(() => {
  const bytes = readFileSync(join(IMAGES, 'rockridge.iso'))
  const text = bytes.toString('latin1').replaceAll('hello.txt', 'h\xffllo.txt')
  writeFileSync(odd, Buffer.from(text, 'latin1'))
})

const NAMES = ['mini.iso', 'mini-slim.iso', 'joliet.iso', 'gzip.squashfs', 'lz4.erofs', odd]
const sizeOf = (name: string): number => statSync(join(name === odd ? '' : IMAGES, name)).size

/** Writes a table of all images, and returns how DuckDB names it. */
function written(table: string, ...more: readonly string[]): string {
  const path = at(`${table}${more.length}.parquet`)
  const { code, stdout, stderr } = isoscope([...NAMES, '--table', table, '-o', path, ...more])
  expect({ code, stdout: stdout.toString(), stderr }).toEqual({ code: 0, stdout: '', stderr: '' })
  return `'${path}'`
}

function ndjson(...args: readonly string[]): Row[] {
  const { stdout } = isoscope([...args, '-f', 'ndjson'])
  return stdout
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row)
}

/** A row of Parquet as NDJSON has it: without what is null, and with lists in place of their text. */
function asNdjson({ identity: _, otherNames, ...row }: Row): Row {
  const names = otherNames === null ? {} : { otherNames: JSON.parse(String(otherNames)) as unknown }
  return withoutNulls({ ...row, ...names })
}

function withoutNulls(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null))
}

describe('tables of Parquet, read by DuckDB', () => {
  it('have the owners that NDJSON has', async () => {
    const file = written('owners')
    const rows = await ask(`from ${file}`)
    expect(rows.map(asNdjson)).toEqual(ndjson(...NAMES).map(withoutNulls))
    // The usual table, by extension.
    expect(isoscope([...NAMES, '-o', at('usual.parquet')]).code).toBe(0)
    expect(readFileSync(at('usual.parquet'))).toEqual(readFileSync(file.slice(1, -1)))
    const escaped = rows.filter(({ pathBase64 }) => pathBase64 !== null)
    expect(escaped.length).toBeGreaterThan(0)
    for (const { path, pathBase64 } of escaped) {
      expect(Buffer.from(String(pathBase64), 'base64').toString('latin1')).toContain('h\xffllo.txt')
      expect(path).toContain('h\\xffllo.txt')
    }
  })

  it('have types, and their names and version', async () => {
    const types = async (table: string): Promise<unknown> =>
      (await ask(`describe from ${written(table)}`)).map(
        ({ column_name, column_type }) => `${column_name} ${column_type}`,
      )
    expect(await types('images')).toEqual([
      ...['identity VARCHAR', 'image VARCHAR', 'size BIGINT', 'offset BIGINT', 'format VARCHAR', 'container VARCHAR'],
      ...[
        'compression VARCHAR',
        'unpackedSize BIGINT',
        'volumeId VARCHAR',
        'volumeIdBase64 VARCHAR',
        'label VARCHAR',
        'created BIGINT',
      ],
      ...['osId VARCHAR', 'osVersionId VARCHAR', 'osName VARCHAR', 'storePathCount BIGINT', 'packageCount BIGINT'],
      ...['referenceCount BIGINT', 'referencesFrom VARCHAR', 'complete BOOLEAN', 'isoscope VARCHAR'],
    ])
    expect(await types('owners')).toEqual([
      ...['identity VARCHAR', 'image VARCHAR', 'kind VARCHAR', 'name VARCHAR', 'nameBase64 VARCHAR', 'path VARCHAR'],
      ...['pathBase64 VARCHAR', 'pname VARCHAR', 'version VARCHAR', 'region VARCHAR', 'regionBase64 VARCHAR'],
      ...['own BIGINT', 'retained BIGINT', 'closure BIGINT', 'unpacked BIGINT', 'files BIGINT'],
      ...['referrerCount BIGINT', 'otherNames VARCHAR'],
    ])
    expect(await types('references')).toEqual([
      ...['identity VARCHAR', 'image VARCHAR', 'from VARCHAR', 'fromBase64 VARCHAR', 'to VARCHAR', 'toBase64 VARCHAR'],
      'kind VARCHAR',
    ])
    expect(await types('files')).toEqual([
      ...['identity VARCHAR', 'image VARCHAR', 'kind VARCHAR', 'path VARCHAR', 'pathBase64 VARCHAR', 'own BIGINT'],
      ...['unpacked BIGINT', 'files BIGINT', 'otherNames VARCHAR', 'owner VARCHAR', 'ownerBase64 VARCHAR'],
    ])
    const [facts] = await ask(
      `select decode(key) as key, decode(value) as value from parquet_kv_metadata(${written('files')})`,
    )
    expect(facts).toEqual({ key: 'schema', value: 'isoscope/files@1' })
    const codecs = await ask(`select distinct compression from parquet_metadata(${written('owners')})`)
    expect(codecs).toEqual([{ compression: 'SNAPPY' }])
  })

  it('have rows of owners, and of files, that add up to each image', async () => {
    const [images, owners, files] = ['images', 'owners', 'files'].map((table) => written(table))
    for (const table of [owners, files]) {
      const sums = await ask(
        `select image, size, sum(own)::bigint as own from ${images} join ${table} using (identity, image) group by all order by image`,
      )
      expect(sums).toEqual(NAMES.toSorted().map((image) => ({ image, size: sizeOf(image), own: sizeOf(image) })))
    }
    const [found] = await ask(
      `select count(owner)::int as owned, count_if(owner is not null and not exists (
        from ${owners} o where o.image = f.image and o.path = f.owner))::int as unknown from ${files} f`,
    )
    expect(found!['owned']).toBeGreaterThan(100)
    expect(found!['unknown']).toBe(0)
    expect((await ask(`select count(distinct identity)::int as count from ${images}`))[0]).toEqual({
      count: NAMES.length,
    })
  })

  it('have the facts of each image that JSON has', async () => {
    const rows = await ask(`from ${written('images')}`)
    expect(rows.map(({ image }) => image)).toEqual(NAMES)
    for (const row of rows) {
      const { image, referencesFrom } = JSON.parse(isoscope([String(row['image']), '--json']).stdout.toString()) as {
        image: Row
        referencesFrom: string | null
      }
      const { size, format, volumeId, label, created, storePathCount, complete } = row
      const { compression = null, container = null, packageCount = 0 } = image
      expect({ size, format, volumeId, label, created: created ?? undefined, storePathCount, complete }).toEqual(
        Object.fromEntries(
          ['size', 'format', 'volumeId', 'label', 'created', 'storePathCount', 'complete'].map((key) => [
            key,
            image[key],
          ]),
        ),
      )
      expect(row).toMatchObject({ compression, container, packageCount, referencesFrom, offset: 0, unpackedSize: null })
      expect(row['identity']).toMatch(/^[0-9a-f]{64}$/)
    }
    expect(rows.filter(({ referencesFrom }) => referencesFrom === 'registration')).not.toHaveLength(0)
  })

  it('have the references that JSON has', async () => {
    const table = written('references')
    for (const name of ['mini.iso', 'mini-slim.iso']) {
      const { storePaths } = JSON.parse(isoscope([name, '--json']).stdout.toString()) as {
        storePaths: { path: string; references: string[] }[]
      }
      const expected = storePaths.flatMap(({ path, references }) => references.map((to) => `${path} ${to}`))
      const rows = await ask(`select "from", "to", kind from ${table} where image = '${name}'`)
      expect(rows.map((row) => `${row['from']} ${row['to']}`).sort()).toEqual(expected.sort())
      expect(new Set(rows.map(({ kind }) => kind)).size).toBeGreaterThan(1)
      const [counted] = await ask(
        `select referenceCount::int as count from ${written('images')} where image = '${name}'`,
      )
      expect(counted).toEqual({ count: expected.length })
    }
    expect(await ask(`from ${table} where image = 'joliet.iso'`)).toEqual([])
  })

  it('have the same rows from several processes', async () => {
    const [one, two] = [written('owners'), written('owners', '--images-at-once', '2')]
    const [rows] = await ask(`select count(*)::int as rows from (from ${one} except all from ${two})`)
    expect(rows).toEqual({ rows: 0 })
  })

  it('are written for each image, that of images last, and can be resumed', async () => {
    const directory = at('dataset')
    const args = [...NAMES, './mini.iso', 'nope.iso', '-f', 'parquet', '--output-dir', directory, '--resume']
    const run = (): Row[] => {
      const { code, stdout } = isoscope(args)
      expect(code).toBe(2)
      return stdout
        .toString()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Row)
    }
    const first = run()
    expect(first.map(({ written: isNew }) => isNew)).toEqual([...NAMES.map(() => true), false, undefined])
    const tables = ['files', 'images', 'owners', 'references']
    expect(readdirSync(directory).sort()).toEqual(tables)
    for (const table of tables) {
      expect(readdirSync(join(directory, table)).sort()).toEqual(
        NAMES.map((_, index) => `${first[index]!['identity']}.parquet`).sort(),
      )
    }
    const all = `'${directory}/images/*.parquet' images join '${directory}/owners/*.parquet' owners using (identity)`
    const sums = `select images.image, size, sum(own)::bigint as own from ${all} group by all order by 1`
    const expected = NAMES.toSorted().map((image) => ({ image, size: sizeOf(image), own: sizeOf(image) }))
    expect(await ask(sums)).toEqual(expected)
    // One that was killed before the last table does it again.
    rmSync(String(first[0]!['file']))
    expect(run().map(({ written: isNew }) => isNew)).toEqual([
      true,
      ...NAMES.slice(1).map(() => false),
      false,
      undefined,
    ])
    expect(await ask(sums)).toEqual(expected)
    const [references] = await ask(`select count(*)::int as count from '${directory}/references/*.parquet'`)
    expect(references).toEqual((await ask(`select count(*)::int as count from ${written('references')}`))[0])
  })

  it('answer the questions of docs/parquet.md, and have the columns that it lists', async () => {
    const directory = at('documented')
    isoscope(['mini.iso', 'mini-slim.iso', 'joliet.iso', '-f', 'parquet', '--output-dir', directory])
    const page = readFileSync(new URL('../../docs/parquet.md', import.meta.url), 'utf8')
    const [, sql] = /```sql\n(.*?)```/s.exec(page)!
    const questions = sql!
      .replace(/^--.*$/gm, '')
      .split(';')
      .filter((text) => text.trim() !== '')
    const answers = await Promise.all(questions.map((text) => ask(text.replaceAll("'dataset/", `'${directory}/`))))
    expect(answers[0]).toEqual([])
    const perl = ndjson('mini.iso', 'mini-slim.iso').filter(({ pname }) => pname === 'perl')
    const largestFirst = perl.toSorted((a, b) => Number(b['own']) - Number(a['own']))
    expect(answers[1]).toEqual(largestFirst.map(({ image, own }) => ({ image, bytes: own })))
    expect(perl.length).toBeGreaterThan(0)
    const largest = answers[2]!
    expect(largest).toHaveLength(20)
    const owned = ndjson('mini.iso', 'mini-slim.iso').filter(({ pname }) => pname === largest[0]!['pname'])
    expect(largest[0]).toEqual({
      pname: owned[0]!['pname'],
      images: new Set(owned.map(({ image }) => image)).size,
      bytes: owned.reduce((sum, { own }) => sum + Number(own), 0),
    })
    // A change that leaves a row out makes the first question answer it.
    const [some] = readdirSync(join(directory, 'owners'))
    rmSync(join(directory, 'owners', some!))
    expect(await ask(questions[0]!.replaceAll("'dataset/", `'${directory}/`))).toHaveLength(1)
    const sections = page.split(/^## /m).slice(2)
    for (const section of sections) {
      const [table] = section.split(':')
      const listed = Array.from(section.matchAll(/^\| (`.*?) \| (\w+) \|/gm), ([, names, type]) =>
        Array.from(names!.matchAll(/`(\w+)`/g), ([, name]) => [name, type]),
      ).flat()
      const found = await ask(`describe from ${written(table!)}`)
      expect(listed.flatMap(([name, type]) => (type === 'name' ? [name, `${name}Base64`] : [name]))).toEqual(
        found.map(({ column_name }) => column_name),
      )
      const sql = {
        text: 'VARCHAR',
        name: 'VARCHAR',
        bytes: 'BIGINT',
        count: 'BIGINT',
        seconds: 'BIGINT',
        flag: 'BOOLEAN',
      }
      for (const [name, type] of listed) {
        const { column_type } = found.find(({ column_name }) => column_name === name)!
        expect(column_type, name).toBe(sql[type as keyof typeof sql])
      }
    }
    expect(sections).toHaveLength(4)
  })

  it('keep large numbers, nothing and flags, in groups of rows', async () => {
    const file = new ParquetFile(
      'images',
      [
        { id: 'size', type: 'integer' },
        { id: 'complete', type: 'boolean' },
        { id: 'image', type: 'text' },
      ],
      '0',
    )
    const pieces: Uint8Array[] = []
    const rows = 50_000
    for (let image = 0; image < 5; image += 1) {
      const { length } = Array(rows)
      const piece = file.add({
        columns: [],
        values: [
          Array.from({ length }, (_, row) => (row === 7 ? null : Number.MAX_SAFE_INTEGER - row)),
          Array.from({ length }, (_, row) => (row === 8 ? null : row % 2 === 0)),
          Array.from({ length }, (_, row) => (row === 9 ? null : `image ${image} ${row} ü\0`)),
        ],
      })
      pieces.push(piece)
    }
    // What is complete is given away, so that no more than a group is kept.
    expect(pieces.map(({ length }) => length > 1000)).toEqual([false, true, false, true, false])
    pieces.push(file.finish())
    writeFileSync(at('large.parquet'), Buffer.concat(pieces))
    const [found] = await ask(
      `select count(*)::int as rows, count(size)::int as sizes, count(complete)::int as flags, count(image)::int as images,
        max(size)::varchar as largest, count_if(complete)::int as complete, count(distinct image)::int as names,
        max(len(image))::int as longest from '${at('large.parquet')}'`,
    )
    expect(found).toEqual({
      rows: 5 * rows,
      sizes: 5 * (rows - 1),
      flags: 5 * (rows - 1),
      images: 5 * (rows - 1),
      largest: '9007199254740991',
      complete: (5 * rows) / 2 - 5,
      names: 5 * (rows - 1),
      longest: 'image 0 49999 ü\0'.length,
    })
    const groups = await ask(
      `select distinct row_group_num_rows::int as rows from parquet_metadata('${at('large.parquet')}') order by 1`,
    )
    expect(groups).toEqual([{ rows }, { rows: 2 * rows }])
  })

  it.each([
    [['mini.iso', '-f', 'parquet'], '-f parquet: is for a file: add -o FILE.parquet'],
    [['mini.iso', '--table', 'files'], '--table: names a table of Parquet: -o FILE.parquet'],
    [['mini.iso', '-o', 'x.parquet.gz'], 'x.parquet.gz: Parquet is compressed in itself; leave out .gz'],
    [
      ['mini.iso', '-o', 'x.parquet', '-o', 'x.json'],
      '-o: of several images there is one answer, which goes to one place',
    ],
    [
      ['mini.iso', '-o', 'x.parquet', '--by', 'file'],
      'the tables of Parquet have rows of their own; leave out --by and --min, or see --table',
    ],
    [
      ['mini.iso', '--output-dir', 'x', '-f', 'parquet', '--table', 'files'],
      '--output-dir: has all tables; leave out --table',
    ],
    [
      ['why', 'mini.iso', 'perl', '-o', 'x.parquet'],
      'x.parquet: its extension does not say in which format: .txt, .json, .ndjson, .csv, .tsv, .md, .html, or those with .gz',
    ],
  ])('are refused: %j', (args, message) => {
    expect(isoscope(args)).toMatchObject({ code: 2, stdout: Buffer.alloc(0), stderr: `isoscope: ${message}\n` })
  })

  it('are not written if no image could be read', () => {
    const { code, stderr } = isoscope(['nope.iso', '-o', at('none.parquet')])
    expect(code).toBe(2)
    expect(stderr).toBe(
      'isoscope: nope.iso: no such file\nisoscope: no image could be read, so there is no file of Parquet\n',
    )
    expect(readdirSync(work).filter((name) => name.startsWith('none'))).toEqual([])
  })
})
