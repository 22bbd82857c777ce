import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PageData } from '../../src/present/html/page-data.ts'
import { isoscope, isoscopeAt } from './run.ts'

let work = ''
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'isoscope-html-'))
})
afterAll(() => rmSync(work, { recursive: true, force: true }))

/** The data in a page. */
function dataOf(html: string): PageData {
  const [, packed] = /<script type="text\/plain" id="data">([\w+/=]+)<\/script>/.exec(html)!
  return JSON.parse(gunzipSync(Buffer.from(packed!, 'base64')).toString())
}

/** The data of a page that a command writes to a file. */
function written(...args: string[]): PageData {
  const path = join(work, 'page.html')
  expect(isoscope([...args, '-o', path])).toMatchObject({ code: 0, stderr: '' })
  return dataOf(readFileSync(path, 'utf8'))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, number) => all + number, 0)
}

describe('a page from the command line', () => {
  it('is written by report, why, advise and diff, to files and to stdout', () => {
    const [image] = written('mini.iso').documents
    expect(image).toMatchObject({ kind: 'image', name: 'mini.iso', size: 2_097_152, complete: true })
    const { start, documents } = dataOf(isoscope(['why', 'mini.iso', 'perl', '-f', 'html']).stdout.toString())
    expect(documents).toEqual([image])
    const labels = image?.kind === 'image' ? image.owners.labels : ''
    expect(labels.split('\n')[start!.owner!]).toBe('perl-5.42.0')
    expect(written('advise', 'mini.iso').start).toEqual({ tab: 'advice' })
    const [diff, after, before] = written('diff', 'mini.iso', 'mini-slim.iso').documents
    expect([diff!.kind, after!.name, before!.name]).toEqual(['diff', 'mini-slim.iso', 'mini.iso'])
    const rows = diff?.kind === 'diff' ? diff.rows : []
    expect(sum(rows.map((row) => row.after - row.before))).toBe(1_048_576 - 2_097_152)
  })

  it('holds several images, saved reports too, and each adds up', () => {
    const saved = join(work, 'mini.json')
    isoscope(['mini.iso', '-o', saved])
    const { documents } = written('html', 'joliet.iso', 'zstd.squashfs', saved)
    const sums = documents.map((document) => (document.kind === 'image' ? sum(document.tree.own) : 0))
    expect(sums).toEqual([114_688, 24_576, 2_097_152])
    expect(documents.map((document) => 'graph' in document)).toEqual([false, false, true])
  })

  it('is refused where there is none', () => {
    expect(isoscope(['ls', 'mini.iso', '-f', 'html'])).toMatchObject({ code: 2 })
    expect(isoscope(['mini.iso', 'joliet.iso', '-f', 'html']).stderr).toBe(
      'isoscope: several images in one page: isoscope html IMAGE... -o FILE\n',
    )
    const packing = isoscope(['advise', 'mini.iso', '--packing', '-f', 'html'])
    expect(packing).toMatchObject({ code: 2, stderr: 'isoscope: --format html: there is no page for this\n' })
    expect(isoscope(['html', 'none.iso', '-o', join(work, 'none.html')])).toMatchObject({ code: 2 })
  })

  it.each([
    ['html', 'mini.iso'],
    ['mini.iso', '-f', 'html'],
    ['diff', 'mini.iso', 'mini-slim.iso', '-f', 'html', '-o', '/dev/null/mini.json'],
  ])('does not go to a terminal: %s %s', (...args) => {
    const stderr = 'isoscope: a page is for a browser, not for a terminal: add -o page.html\n'
    expect(isoscopeAt(80, 24, args)).toMatchObject({ code: 2, stdout: Buffer.alloc(0), stderr })
  })
})
