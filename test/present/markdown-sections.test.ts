import { describe, expect, it } from 'vitest'
import { sectionsMarkdown } from '../../src/present/markdown/sections.ts'
import { bytes, name, text } from '../../src/views/cell.ts'
import type { Column } from '../../src/views/column.ts'
import { linesOf, type Section, tableOf } from '../../src/views/section.ts'

const OPTIONS = { unit: 'iec', fullPaths: false, version: '1.2.3' } as const
const COLUMNS: readonly Column<number>[] = [
  { id: 'path', heading: 'path', isName: true, value: (row) => name(`a|b\`<c>${'\xff'.repeat(row)}`) },
  { id: 'own', heading: 'own', value: (row) => bytes(row) },
]

const tableWith = (count: number, length: number): Section => ({
  title: [text('x'.repeat(length))],
  body: tableOf(COLUMNS, Array(count).fill(length)),
  folded: 'too',
})

describe('sections in Markdown', () => {
  it.each([
    ['a table that is too long', [tableWith(10_000, 3)], /\d,\d+ more rows do not fit here\./],
    ['rows that are too long', [tableWith(10, 40_000)], /10 more rows do not fit here\./],
    ['names in titles', Array(2000).fill(tableWith(1, 4000)), /more sections do not fit here\./],
    ['very many sections', Array(20_000).fill({ body: linesOf(['a line']) }), /more sections do not fit here\./],
  ])('are below what GitHub takes in a comment: %s', (_, sections: readonly Section[], said) => {
    const markdown = sectionsMarkdown(sections, OPTIONS)
    expect(markdown.length).toBeLessThan(65_536)
    expect(markdown).toMatch(said)
    expect(markdown).toMatch(/<sub>isoscope 1\.2\.3<\/sub>\n$/)
    expect(markdown.split('<details>')).toHaveLength(markdown.split('</details>').length)
  })

  it('have numbers first, and no markup of an image', () => {
    const markdown = sectionsMarkdown([{ body: tableOf(COLUMNS, [1]) }], OPTIONS)
    expect(markdown.split('\n').slice(0, 3)).toEqual([
      '| own | path |',
      '|---:|---|',
      '| 1 B | a\\|b\\`&lt;c&gt;\\\\xff |',
    ])
  })

  it('fold what is a detail, and number in no list what stands alone', () => {
    const detail: Section = { title: [name('*a*')], note: ['(two)'], body: linesOf(['x'], ['y']), folded: 'too' }
    expect(sectionsMarkdown([{ body: linesOf(['alone']) }, detail], OPTIONS)).toBe(
      'alone\n\n<details><summary>&#42;a&#42; &#40;two&#41;</summary>\n\n- x\n- y\n\n</details>\n\n<sub>isoscope 1.2.3</sub>\n',
    )
  })
})
