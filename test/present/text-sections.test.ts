import { describe, expect, it } from 'vitest'
import { sectionsText } from '../../src/present/text/sections.ts'
import { bytes, change, name, plural } from '../../src/views/cell.ts'
import { type Column, sorted } from '../../src/views/column.ts'
import { linesOf, type Section, tableOf } from '../../src/views/section.ts'

interface Row {
  readonly label: string
  readonly own: number
}

const COLUMNS: readonly Column<Row>[] = [
  { id: 'own', heading: 'own', value: ({ own }) => bytes(own), sort: ({ own }) => own },
  { id: 'delta', heading: 'change', value: ({ own }) => change(own - 2048), dispensable: 1 },
  { id: 'name', heading: 'name', isName: true, value: ({ label }) => name(label), sort: ({ label }) => label },
  { id: 'id', heading: 'id', only: 'programs', value: ({ label }) => name(label) },
]
const ROWS: readonly Row[] = [
  { label: 'b'.repeat(50), own: 1024 },
  { label: 'a\x1b[31m', own: 3072 },
]

const draw = (sections: readonly Section[], width: number, color = false): string =>
  sectionsText(sections, { style: { width, color, unicode: true }, unit: 'iec', fullPaths: false })

describe('sections as text', () => {
  it('leave out a column that they can do without, and then shorten names', () => {
    const table = [{ body: tableOf(COLUMNS, ROWS) }]
    expect(draw(table, 80)).toBe(
      `    OWN    CHANGE  NAME\n1.0 KiB  −1.0 KiB  ${'b'.repeat(50)}\n3.0 KiB  +1.0 KiB  a\\x1b[31m\n`,
    )
    expect(draw(table, 40)).toBe(`    OWN  NAME\n1.0 KiB  ${'b'.repeat(15)}…${'b'.repeat(15)}\n3.0 KiB  a\\x1b[31m\n`)
  })

  it('are red where something grew, and green where it shrank', () => {
    const text = draw([{ body: tableOf(COLUMNS, ROWS) }], 80, true)
    expect(text).toContain('\u001b[31m+1.0 KiB\u001b[39m')
    expect(text).toContain('\u001b[32m−1.0 KiB\u001b[39m')
  })

  it('fit any width with titles, notes, lines and hints', () => {
    const long = name('n'.repeat(70))
    const section: Section = {
      title: ['Inside ', long],
      note: ['(', ...plural(1234, 'store path'), ' of many words, that no narrow screen has room for)'],
      body: linesOf(['a sentence with ', long, ' in it, and a few words more that go on and on behind it']),
      hints: [['what stands below, with ', long, ' and more words than fit into a line of sixty columns']],
    }
    for (const width of [40, 60, 80, 120]) {
      for (const line of draw([section], width).split('\n')) expect(line.length).toBeLessThanOrEqual(width)
    }
  })

  it('are nothing if there are none', () => {
    expect(draw([], 80)).toBe('')
  })
})

describe('rows', () => {
  it('are sorted by numbers downwards, and by names in byte order', () => {
    expect(sorted(ROWS, COLUMNS, 'own').map(({ own }) => own)).toEqual([3072, 1024])
    expect(sorted(ROWS, COLUMNS, 'name').map(({ own }) => own)).toEqual([3072, 1024])
    expect(() => sorted(ROWS, COLUMNS, 'delta')).toThrow('not sorted by delta')
  })
})
