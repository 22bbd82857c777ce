import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { squashfsOf } from '../parsers/squashfs/writer.ts'
import { IMAGES, isoscope, isoscopeProcess } from './run.ts'

interface HistoryJson {
  readonly orderedBy: string
  readonly versionsFrom: readonly string[]
  readonly series: readonly {
    readonly path: string
    readonly size: number
    readonly created: number | null
    readonly complete: boolean
    readonly storePathCount: number
    readonly step: {
      readonly delta: number
      readonly counts: Readonly<Record<string, number>>
      readonly rows: readonly { readonly name: string; readonly delta: number }[]
      readonly restDelta: number
    } | null
  }[]
  readonly lines: readonly object[]
}

/** Makes DuckDB a package that is not there. */
const WITHOUT_DUCKDB = `data:text/javascript,${encodeURIComponent(`
  import Module from 'node:module'
  const resolve = Module._resolveFilename
  Module._resolveFilename = (name, ...more) => {
    if (name !== '@duckdb/node-api') return resolve(name, ...more)
    throw Object.assign(new Error("Cannot find module '" + name + "'"), { code: 'MODULE_NOT_FOUND' })
  }
`)}`

describe('history of a dataset of Parquet', () => {
  let work = ''
  const at = (name: string): string => join(work, name)
  const SERIES = ['nixos-9.iso', 'nixos-10.iso', 'nixos-11[1].iso']

  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-dataset-'))
    for (const [number, name] of ['mini.iso', 'mini-slim.iso', 'plain.iso'].entries()) {
      copyFileSync(join(IMAGES, name), at(SERIES[number]!))
    }
    const images = SERIES.map(at)
    expect(isoscope([...images, '-o', at('owners[*].parquet')]).code).toBe(0)
    expect(isoscope([...images, '--output-dir', at('dataset'), '-f', 'parquet', '-q']).code).toBe(0)
  })
  afterAll(() => rmSync(work, { recursive: true, force: true }))

  function jsonOf(...args: readonly string[]): HistoryJson {
    const { code, stdout, stderr } = isoscope(['history', ...args, '--json'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    return JSON.parse(stdout.toString()) as HistoryJson
  }

  it.each(['owners[*].parquet', 'dataset', 'dataset/owners'])('has the sizes and lines of the images: %s', (name) => {
    const images = jsonOf(...SERIES.map(at))
    const dataset = jsonOf(at(name))
    expect(dataset.orderedBy).toBe('version')
    const told = ({ series }: HistoryJson) =>
      series.map(({ path, size, storePathCount, step }) => [path, size, storePathCount, step?.delta])
    expect(told(dataset)).toEqual(told(images))
    // Whether a region has owners is not told of those that lie in several regions.
    const sorted = ({ lines }: HistoryJson): readonly string[] =>
      lines.map((line) => JSON.stringify({ ...line, isRest: undefined })).sort()
    expect(sorted(dataset)).toEqual(sorted(images))
    for (const [image, { step }] of dataset.series.entries()) {
      const { counts } = images.series[image]!.step ?? {}
      expect([step?.counts['new'], step?.counts['gone']]).toEqual([counts?.['new'], counts?.['gone']])
      const sum = step?.rows.reduce((all, { delta }) => all + delta, step.restDelta)
      expect(sum).toBe(step?.delta)
    }
  })

  it('adds up by region, with one for what lies in several', () => {
    const { series, lines } = jsonOf(at('dataset'), '--by', 'region')
    const own = lines.map((line) => (line as { ownByImage: number[] }).ownByImage)
    for (const [image, { size }] of series.entries()) {
      expect(own.reduce((sum, sizes) => sum + sizes[image]!, 0)).toBe(size)
    }
    const regions = (some: HistoryJson) =>
      new Map(some.lines.map((line) => [(line as { name: string }).name, JSON.stringify(line)]))
    const [ofDataset, ofImages] = [
      regions(jsonOf(at('dataset'), '--by', 'region')),
      regions(jsonOf(...SERIES.map(at), '--by', 'region')),
    ]
    const others = [...ofDataset].filter(([name, line]) => ofImages.get(name) !== line).map(([name]) => name)
    // The kernel and the initrd lie in the store and in /boot.
    expect(others.sort()).toEqual(['/boot', '/nix-store.squashfs', '[several regions]'])
  })

  it('has the images of one file in the order in which they were named', () => {
    const { series } = jsonOf(at('owners[*].parquet'), '--order', 'given')
    expect(series.map(({ path }) => path)).toEqual(SERIES.map(at))
  })

  it('has dates and labels from the table of images', () => {
    expect(jsonOf(at('dataset')).series.map(({ created }) => created)).toEqual([315_532_800, 315_532_800, 315_532_800])
    expect(jsonOf(at('dataset'), '--order', 'date').orderedBy).toBe('date')
    expect(isoscope(['history', at('dataset/owners'), '--order', 'date']).code).toBe(2)
  })

  it('calls no store path the same whose bytes are others', () => {
    const hash = (letter: string): string => `nix/store/${letter.repeat(32)}-tool-1.0/bin/tool`
    for (const [name, letter, content] of [
      ['tool-1.squashfs', 'a', 'x'.repeat(9000)],
      ['tool-2.squashfs', 'b', 'x'.repeat(9000)],
      ['tool-3.squashfs', 'c', 'y'.repeat(9001)],
    ] as const)
      writeFileSync(at(name), squashfsOf({ [hash(letter)]: content }))
    const images = ['tool-1.squashfs', 'tool-2.squashfs', 'tool-3.squashfs'].map(at)
    isoscope([...images, '-o', at('tools.parquet')])
    const { series } = jsonOf(at('tools.parquet'))
    expect(series.map(({ step }) => step?.counts['moved'])).toEqual([undefined, 1, 0])
    expect(series.map(({ step }) => step?.counts['rebuilt'])).toEqual([undefined, 0, 1])
  })

  it('knows from the table of images which ones were not read in full', () => {
    const cut = at('cut-99.iso')
    writeFileSync(cut, readFileSync(join(IMAGES, 'mini.iso')).subarray(0, 700_000))
    mkdirSync(at('cut'))
    for (const table of ['owners', 'images']) {
      const written = isoscope([cut, at(SERIES[1]!), '-o', at(`cut/${table}.parquet`), '--table', table])
      expect(written.code).toBe(2)
    }
    const { code, stdout } = isoscope(['history', at('cut'), '--json'])
    expect(code).toBe(2)
    const { series } = JSON.parse(stdout.toString()) as HistoryJson
    expect(series.map(({ size, complete }) => [size, complete])).toEqual([
      [statSync(at(SERIES[1]!)).size, true],
      [700_000, false],
    ])
  })

  it('counts an image once that was named twice', () => {
    const [one, other] = [at(SERIES[0]!), at(SERIES[1]!)]
    expect(isoscope([one, other, one, '-o', at('twice.parquet')]).code).toBe(0)
    expect(jsonOf(at('twice.parquet')).series.map(({ size }) => size)).toEqual(
      jsonOf(one, other).series.map(({ size }) => size),
    )
  })

  it('takes saved reports of one name for different images', () => {
    // The last two have the same size.
    for (const letter of ['a', 'b']) {
      writeFileSync(at(`${letter}.squashfs`), squashfsOf({ [`nix/store/${letter.repeat(32)}-one/file`]: letter }))
    }
    const images = [at(SERIES[0]!), at(SERIES[1]!), at('a.squashfs'), at('b.squashfs')]
    mkdirSync(at('nights'))
    for (const [number, image] of images.entries()) {
      expect(isoscope([image, '-o', at('night.json')]).code).toBe(0)
      expect(isoscope([at('night.json'), '-o', at(`nights/${number}.parquet`)]).code).toBe(0)
      expect(isoscope([at('night.json'), '-o', at(`nights/${number}.images.parquet`), '--table', 'images']).code).toBe(
        0,
      )
    }
    const of = ({ series }: HistoryJson) => series.map(({ size, storePathCount }) => [size, storePathCount])
    expect(of(jsonOf(at('nights'))).sort()).toEqual(of(jsonOf(...images)).sort())
  })

  it('goes on after what is none', () => {
    writeFileSync(at('junk.parquet'), 'junk')
    const { code, stdout, stderr } = isoscope([
      'history',
      at('junk.parquet'),
      at('dataset/files'),
      at('gone.parquet'),
      at('dataset'),
    ])
    expect(code).toBe(2)
    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^isoscope: .*junk\.parquet: .*too small to be a Parquet file/),
      `isoscope: ${at('dataset/files')}: holds the table files; the table owners is needed`,
      `isoscope: ${at('gone.parquet')}: no such file`,
    ])
    expect(stdout.toString()).toMatch(/^3 images, ordered by version in the file name\n/)
  })

  it('says what to install where DuckDB is not', () => {
    const { code, stdout, stderr } = isoscopeProcess(['history', at('dataset')], {
      NODE_OPTIONS: `--import=${WITHOUT_DUCKDB}`,
    })
    expect({ code, stdout: stdout.toString() }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toBe(
      `isoscope: ${at('dataset')}: Parquet is read by DuckDB, which is not there; npm install @duckdb/node-api\nisoscope: no image could be read\n`,
    )
  })
})
