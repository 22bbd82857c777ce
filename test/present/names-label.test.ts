import { describe, expect, it } from 'vitest'
import { check } from '../../src/analyses/check.ts'
import { report } from '../../src/analyses/report.ts'
import { reportRows } from '../../src/analyses/report-rows.ts'
import { checkJson } from '../../src/present/json/check.ts'
import { reportMarkdown } from '../../src/present/markdown/report.ts'
import { tableHead, tableLine } from '../../src/present/tables/report.ts'
import { checkText } from '../../src/present/text/check.ts'
import { namesLabel, shortNamesLabel } from '../../src/present/text/names-label.ts'
import { reportText } from '../../src/present/text/report.ts'
import { syntheticSide } from '../analyses/synthetic-side.ts'

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
    expect(namesLabel('/a', undefined)).toBe('/a')
    expect(namesLabel('/a', ['/b\x1b'])).toBe('/a = /b\\x1b')
    expect(namesLabel('/a', ['/b', '/c', '/d'])).toBe('/a +3 names')
    expect(shortNamesLabel('/a', ['/b'])).toBe('/a +1 name')
  })

  it('has both names in the report, and the count where there is no room', () => {
    const options = { style, unit: 'iec', top: 0, sort: 'own', min: 0, fullPaths: false } as const
    const wide = reportText(told, options)
    expect(wide).toContain(' live/image.img = live/initrd.img-6.1.0-50\n')
    expect(wide).toContain(' /live/image.img = /live/initrd.img-6.1.0-50\n')
    expect(wide).toContain(' /boot/a +2 names\n')
    const narrow = reportText(told, { ...options, style: { ...style, width: 72 } })
    expect(narrow).toContain(' live/image.img +1 name\n')
    for (const line of narrow.split('\n')) expect(line.length).toBeLessThanOrEqual(72)
  })

  it('has its names in Markdown and in tables', () => {
    expect(reportMarkdown(told, 0, 'iec')).toContain('| /live/image.img = /live/initrd.img-6.1.0-50 |')
    const [first, second, third] = reportRows(told)
    expect(JSON.parse(tableLine('x', first!, 'ndjson'))).toMatchObject({
      path: INITRD.name,
      otherNames: INITRD.otherNames,
    })
    expect(JSON.parse(tableLine('x', third!, 'ndjson'))).not.toHaveProperty('otherNames')
    const column = tableHead('tsv').trimEnd().split('\t').indexOf('otherNames')
    const cell = (row: typeof first): string => tableLine('x', row!, 'tsv').trimEnd().split('\t')[column] ?? ''
    expect(JSON.parse(cell(second))).toEqual(['/boot/b', { base64: 'L2Jvb3Qv/w==' }])
    expect(cell(third)).toBe('')
    expect(tableLine('x', first!, 'csv')).toContain(',"[""/live/initrd.img-6.1.0-50""]"\r\n')
  })

  it('is an initrd by any of its names, and named with all as what is too large', () => {
    const rule = { kind: 'max', subject: { kind: 'initrd' }, max: 1000 } as const
    const result = check([rule], side, undefined, '2026-01-01')
    expect(result.results[0]).toMatchObject({ status: 'fail', value: 9000 })
    expect(checkText(result, style, 'bytes')).toContain('1 copy: live/image.img = live/initrd.img-6.1.0-50 9,000')
    expect(JSON.parse(checkJson(result, 'x', null))).toMatchObject({
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
