import { describe, expect, it } from 'vitest'
import { check } from '../../src/analyses/check.ts'
import { report } from '../../src/analyses/report.ts'
import { checkJson } from '../../src/present/json/check.ts'
import { plainWords } from '../../src/present/text/cell.ts'
import { fileName } from '../../src/views/file-names.ts'
import { syntheticSide } from '../analyses/synthetic-side.ts'
import { checkText } from './drawn-diff.ts'
import { reportLines, reportMarkdown, reportText } from './drawn-report.ts'

const style = { width: Number.POSITIVE_INFINITY, color: false, unicode: true }
const INITRD = { name: '/live/image.img', otherNames: ['/live/initrd.img-6.1.0-50'] }
const side = syntheticSide({
  paths: [],
  others: [
    { kind: 'file', ...INITRD, region: '/live', own: 9000 },
    { kind: 'file', name: '/boot/a', otherNames: ['/boot/b', '/boot/\xff'], region: '/boot', own: 800 },
    { kind: 'file', name: '/boot/c', region: '/boot', own: 200 },
  ],
})
const told = report({ ...side, image: { ...side.image, format: 'iso9660' } })

describe('a hard-linked file', () => {
  it('is shown with both names, or with how many there are', () => {
    expect(plainWords([fileName('/a')])).toBe('/a')
    expect(plainWords([fileName('/a', ['/b\x1b'])])).toBe('/a = /b\\x1b')
    expect(plainWords([fileName('/a', ['/b', '/c', '/d'])])).toBe('/a +3 names')
    expect(fileName('/a', ['/b']).shorter).toBe('/a +1 name')
  })

  it('has both names in the report, and the count where there is no room', () => {
    const options = { style, unit: 'iec', top: 0, sort: 'own', min: 0, fullPaths: false } as const
    const wide = reportText(told, options)
    expect(wide).toContain(' live/image.img = live/initrd.img-6.1.0-50\n')
    expect(wide).toContain(' /live/image.img = /live/initrd.img-6.1.0-50\n')
    expect(wide).toContain(' /boot/a +2 names\n')
    const narrow = reportText(told, { ...options, style: { ...style, width: 60 } })
    expect(narrow).toMatch(/ \/live\/imag\S*g \+1 name\n/)
    for (const line of narrow.split('\n')) expect(line.length).toBeLessThanOrEqual(60)
  })

  it('has its names in Markdown and in tables', () => {
    expect(reportMarkdown(told)).toContain('| /live/image.img = /live/initrd.img-6.1.0-50 |')
    const json = reportLines(told, 'ndjson').lines
    const { head, lines } = reportLines(told, 'tsv')
    expect(JSON.parse(json[0]!)).toMatchObject({
      path: INITRD.name,
      otherNames: INITRD.otherNames,
    })
    expect(JSON.parse(json[2]!)).not.toHaveProperty('otherNames')
    const column = head.trimEnd().split('\t').indexOf('otherNames')
    const cell = (row: number): string => lines[row]!.trimEnd().split('\t')[column] ?? ''
    expect(JSON.parse(cell(1))).toEqual(['/boot/b', { base64: 'L2Jvb3Qv/w==' }])
    expect(cell(2)).toBe('')
    expect(reportLines(told, 'csv').lines[0]!).toContain(',"[""/live/initrd.img-6.1.0-50""]"\r\n')
  })

  it('is an initrd by any of its names, and named with all as what is too large', () => {
    const rule = { kind: 'max', subject: { kind: 'initrd' }, max: 1000 } as const
    const result = check([rule], side, undefined, '2026-01-01')
    expect(result.results[0]).toMatchObject({ status: 'fail', value: 9000 })
    expect(checkText(result, style, 'bytes')).toContain('1 copy: live/image.img = live/initrd.img-6.1.0-50 9,000')
    expect(JSON.parse(checkJson(result, { name: 'x', size: 1 }, undefined))).toMatchObject({
      results: [{ contributors: [{ name: INITRD.name, otherNames: INITRD.otherNames, bytes: 9000 }] }],
    })
  })

  it('that grew is named with all too', () => {
    const before = syntheticSide({ paths: [], others: [{ kind: 'file', ...INITRD, region: '/live', own: 100 }] })
    const rule = { kind: 'growth', subject: { kind: 'image' }, max: 0 } as const
    const { results } = check([rule], side, before, '2026-01-01')
    expect(results[0]?.contributors[0]).toEqual({ ...INITRD, bytes: 8900 })
  })
})
