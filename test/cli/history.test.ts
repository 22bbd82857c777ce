import { copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HistoryData } from '../../src/present/html/page-data.ts'
import { squashfsOf } from '../parsers/squashfs/writer.ts'
import { IMAGES, isoscope, isoscopeAt } from './run.ts'

interface StepJson {
  readonly delta: number
  readonly rows: readonly { readonly name: string; readonly delta: number }[]
  readonly restRows: number
  readonly restDelta: number
}

interface HistoryJson {
  readonly orderedBy: string
  readonly versionsFrom: readonly string[]
  readonly series: readonly {
    readonly path: string
    readonly size: number
    readonly created: number | null
    readonly step: StepJson | null
  }[]
  readonly lines: readonly { readonly name: string; readonly ownByImage: readonly number[] }[]
}

let work = ''
const at = (name: string): string => join(work, name)

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'isoscope-history-'))
  mkdirSync(at('series'))
  copyFileSync(join(IMAGES, 'mini.iso'), at('series/nixos-9.iso'))
  copyFileSync(join(IMAGES, 'mini-slim.iso'), at('series/nixos-10.iso'))
  isoscope(['plain.iso', '-o', at('series/nixos-11.json.gz')])
  // An image by what is in it, and files that are none.
  copyFileSync(join(IMAGES, 'mini.iso'), at('series/nixos-12'))
  writeFileSync(at('series/README-1.md'), 'not an image')
  writeFileSync(at('series/settings.json'), '{}')
  mkdirSync(at('series/nixos-13.iso'))
})
afterAll(() => rmSync(work, { recursive: true, force: true }))

function jsonOf(...args: readonly string[]): HistoryJson {
  const { code, stdout, stderr } = isoscope(['history', ...args, '--json'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout.toString()) as HistoryJson
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, number) => all + number, 0)

describe('history of a directory', () => {
  it('has its images and saved reports, by version, with the sizes of the files', () => {
    const { orderedBy, versionsFrom, series, lines } = jsonOf(at('series'))
    expect([orderedBy, versionsFrom]).toEqual(['version', ['fileName']])
    const names = ['nixos-9.iso', 'nixos-10.iso', 'nixos-11.json.gz', 'nixos-12']
    expect(series.map(({ path }) => path)).toEqual(names.map((name) => at(`series/${name}`)))
    const sizes = ['mini.iso', 'mini-slim.iso', 'plain.iso', 'mini.iso'].map(
      (name) => statSync(join(IMAGES, name)).size,
    )
    expect(series.map(({ size }) => size)).toEqual(sizes)
    expect(sizes.map((_, image) => sum(lines.map((line) => line.ownByImage[image]!)))).toEqual(sizes)
    for (const [image, { step }] of series.entries()) {
      expect(step?.delta).toBe(image === 0 ? undefined : sizes[image]! - sizes[image - 1]!)
      if (step !== null) expect(sum(step.rows.map(({ delta }) => delta)) + step.restDelta).toBe(step.delta)
    }
  })

  it('says that there is nothing in it', () => {
    mkdirSync(at('empty'))
    expect(isoscope(['history', at('empty')])).toMatchObject({
      code: 2,
      stderr: `isoscope: ${at('empty')}: there are no images and no saved reports in it\n`,
    })
  })
})

describe('history', () => {
  it.each([[], ['--by', 'package'], ['--by', 'region']])('has the rows of diff for each step: %s %s', (...by) => {
    const [, slim, again] = jsonOf('mini.iso', 'mini-slim.iso', 'mini.iso', ...by).series
    for (const [{ step }, ...sides] of [
      [slim!, 'mini.iso', 'mini-slim.iso'],
      [again!, 'mini-slim.iso', 'mini.iso'],
    ] as const) {
      const { stdout } = isoscope(['diff', ...sides, ...by, '--json'])
      const { rows, delta } = JSON.parse(stdout.toString()) as { rows: object[]; delta: number }
      expect(step).toMatchObject({ delta, rows, restRows: 0, restDelta: 0 })
    }
  })

  it('names the cause of a step, and says by what it ordered the images', () => {
    const { code, stdout, stderr } = isoscope(['history', 'mini.iso', 'mini-slim.iso', 'mini.iso'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const text = stdout.toString()
    expect(text).toMatch(/^3 images, ordered as given\n/)
    expect(text).toMatch(/2\.0 MiB +2\.0 MiB +0 B +█▁█ +the file/)
    expect(text).toMatch(/−351\.3 KiB +unit-register-nix-paths\.service and 9 more +lost: system-units → unit-register/)
    expect(text).toMatch(
      /\+351\.3 KiB +unit-register-nix-paths\.service and 9 more +through: system-units → unit-register/,
    )
    expect(text).toContain('option: ')
  })

  it('orders by what the user says, and refuses what not all images have', () => {
    const dates = ['b', 'a', 'c'].map((name, number) => {
      const image = squashfsOf({ name: name.repeat(5000) })
      new DataView(image.buffer, image.byteOffset).setUint32(8, [200, 300, 100][number]!, true)
      writeFileSync(at(name), image)
      return at(name)
    })
    const byDate = jsonOf(...dates)
    expect(byDate.orderedBy).toBe('date')
    expect(byDate.series.map(({ path, created }) => [path, created])).toEqual([
      [at('c'), 100],
      [at('b'), 200],
      [at('a'), 300],
    ])
    expect(jsonOf(...dates, '--order', 'given').series.map(({ path }) => path)).toEqual(dates)
    expect(isoscope(['history', ...dates]).stdout.toString()).toMatch(
      /^3 images, ordered by the date in each image\n.* c +1970-01-01 00:01:40\n/s,
    )
    expect(isoscope(['history', ...dates, '--order', 'version']).stderr).toBe(
      `isoscope: --order version: no label of NixOS, volume ID or file name has a version in all images: ${at('b')} has none\n`,
    )
    writeFileSync(at('undated'), squashfsOf({ a: 'a' }))
    expect(isoscope(['history', at('a'), at('undated'), '--order', 'date'])).toMatchObject({
      code: 2,
      stderr: `isoscope: --order date: there is no date in ${at('undated')}\n`,
    })
  })

  it('keeps the date in a saved report', () => {
    isoscope(['mini.iso', '-o', at('dated.json')])
    expect(jsonOf(at('dated.json'), 'mini.iso').series.map(({ created }) => created)).toEqual([
      315_532_800, 315_532_800,
    ])
  })

  it('says of each image that it cannot read, goes on, and ends with 2', () => {
    writeFileSync(at('broken.iso'), 'nothing')
    copyFileSync(join(IMAGES, 'mini.iso'), at('cut.iso'))
    truncateSync(at('cut.iso'), 500_000)
    const { code, stdout, stderr } = isoscope(
      ['history', 'mini.iso', at('broken.iso'), at('missing.iso'), at('cut.iso'), 'mini-slim.iso', '--json'],
      {},
    )
    expect(code).toBe(2)
    const lines = stderr.trimEnd().split('\n')
    expect(lines.filter((line) => line.includes('broken.iso'))).toHaveLength(1)
    expect(lines.filter((line) => line.includes('missing.iso: no such file'))).toHaveLength(1)
    const { series } = JSON.parse(stdout.toString()) as { series: { name: string; complete: boolean }[] }
    expect(series.map(({ name, complete }) => [name.replace(/^.*\//, ''), complete])).toEqual([
      ['mini.iso', true],
      ['cut.iso', false],
      ['mini-slim.iso', false],
    ])
    const nothing = isoscope(['history', at('broken.iso'), at('missing.iso')])
    expect(nothing).toMatchObject({ code: 2, stdout: Buffer.alloc(0) })
    expect(nothing.stderr).toMatch(/no image could be read\n$/)
  })

  it('shows the largest steps, and sums up the others', () => {
    const series = ['mini.iso', 'mini-slim.iso', 'mini-slim.iso', 'mini.iso', 'mini.iso', 'plain.iso']
    const { stdout } = isoscope(['history', ...series, '-n', '1', '--bytes'])
    const text = stdout.toString()
    expect(text).toMatch(/^ +0 +\[4 images with smaller steps\]$/m)
    expect(text).toMatch(/^ +88,064 +−2,009,088 +0 +plain\.iso$/m)
    expect(text).toMatch(/\n-n 0 shows all images\n/)
    const all = isoscope(['history', ...series, '-n', '0', '--bytes']).stdout.toString()
    expect(all).not.toContain('smaller steps')
    const bySize = isoscope(['history', ...series, '-n', '0', '--bytes', '-s', 'size']).stdout.toString()
    const sizes = Array.from(bySize.matchAll(/^ *([\d,]+) .*iso$/gm), ([, size]) => Number(size!.replaceAll(',', '')))
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a))
    expect(sizes).toHaveLength(6)
  })

  it('has rows whose changes add up to each step', () => {
    const { stdout } = isoscope(['history', 'mini.iso', 'plain.iso', 'mini-slim.iso', '-f', 'ndjson'])
    const rows = stdout
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { image: string; kind: string; size: number | null; delta: number | null })
    const images = rows.filter(({ kind }) => kind === 'image')
    expect(images.map(({ image, size }) => [image, size])).toEqual(
      ['mini.iso', 'plain.iso', 'mini-slim.iso'].map((name) => [name, statSync(join(IMAGES, name)).size]),
    )
    for (const { image, delta } of images.slice(1)) {
      const changes = rows.filter((row) => row.image === image && row.kind !== 'image')
      expect(sum(changes.map((row) => row.delta!))).toBe(delta)
    }
    expect(isoscope(['history', 'mini.iso', 'plain.iso', '-f', 'csv']).stdout.toString()).toMatch(
      /^image,kind,.*\r\nmini\.iso,image,/,
    )
    expect(isoscope(['history', 'mini.iso', 'mini-slim.iso', '-f', 'md']).stdout.toString()).toMatch(
      /^### 2 images, ordered as given\n.*\| █▁ \| the file \|/s,
    )
  })

  it('has the lines that went up and down most first, also those that come later', () => {
    const { lines } = jsonOf('mini-slim.iso', 'mini.iso', 'mini.iso', '--order', 'given')
    const ranges = lines.map(({ ownByImage }) => Math.max(...ownByImage) - Math.min(...ownByImage))
    expect(ranges).toEqual([...ranges].sort((a, b) => b - a))
    const later = lines.filter(({ ownByImage }) => ownByImage[0] === 0)
    expect(later.length).toBeGreaterThan(5)
  })

  it('fits 60 columns, with long names too', () => {
    const long = at(`${'long-'.repeat(20)}1.iso`)
    copyFileSync(join(IMAGES, 'mini-slim.iso'), long)
    for (const args of [
      ['mini.iso', long, 'plain.iso'],
      [at('series')],
      ['mini.iso', 'mini-slim.iso', '--by', 'region'],
    ]) {
      const lines = isoscopeAt(60, 24, ['history', ...args])
        .stdout.toString()
        .trimEnd()
        .split('\n')
      expect(lines.filter((line) => line.length > 60)).toEqual([])
    }
  })

  it('is a page that holds the series, what it is of, and the changes of each step', () => {
    const path = at('page.html')
    expect(isoscope(['history', at('series'), '-o', path])).toMatchObject({ code: 0, stderr: '' })
    const html = isoscope(['history', at('series'), '-f', 'html']).stdout.toString()
    const [, packed] = /<script type="text\/plain" id="data">([\w+/=]+)<\/script>/.exec(html)!
    const { history } = JSON.parse(gunzipSync(Buffer.from(packed!, 'base64')).toString()) as HistoryData
    expect(statSync(path).size).toBe(Buffer.byteLength(html))
    expect(history.name).toBe('nixos-9.iso → nixos-12')
    for (const [image, { size, changes, rest }] of history.images.entries()) {
      expect(sum(history.lines.map(({ own }) => own[image]!))).toBe(size)
      const before = history.images[image - 1]?.size ?? size
      expect(sum(changes.map((row) => row.after - row.before)) + rest.delta).toBe(size - before)
    }
  })
})
