import { describe, expect, it } from 'vitest'
import { sectionsMarkdown } from '../../src/present/markdown/sections.ts'
import { sectionsPieces, sectionsText } from '../../src/present/text/sections.ts'
import { bytes, type Cell, code, MISSING, name, phrases, text, words } from '../../src/views/cell.ts'
import type { ColumnHead } from '../../src/views/column.ts'
import type { Section, TableRow } from '../../src/views/section.ts'

const draw = (section: Section, width: number, unicode = true, color = false): string =>
  sectionsText([section], { style: { width, color, unicode }, unit: 'iec', fullPaths: false })
const markdown = (section: Section): string =>
  sectionsMarkdown([section], { unit: 'iec', fullPaths: false, version: '1' }).replace(/\n\n<sub>.*\n$/, '')
const widest = (drawn: string): number => Math.max(...drawn.split('\n').map(({ length }) => length))

describe('a section of facts', () => {
  const facts: Section = {
    body: {
      kind: 'facts',
      facts: [
        { label: 'set', value: [code('a|b = `c`;')] },
        { label: 'loses', value: [text('one two three four five six seven eight nine ten')] },
      ],
    },
  }

  it('has the values behind their words, and breaks the long ones', () => {
    expect(draw(facts, 80)).toBe('  set      a|b = `c`;\n  loses    one two three four five six seven eight nine ten\n')
    expect(draw(facts, 40)).toBe(
      '  set      a|b = `c`;\n  loses    one two three four five six\n           seven eight nine ten\n',
    )
  })

  it('is a list in Markdown, with code as code', () => {
    expect(markdown(facts)).toBe(
      '- **set** <code>a\\|b = \\`c\\`;</code>\n- **loses** one two three four five six seven eight nine ten',
    )
  })
})

const LISTED: readonly ColumnHead[] = [
  { id: 'owner', heading: 'owner', isText: true, dispensable: 1 },
  { id: 'size', heading: 'size' },
  { id: 'name', heading: 'name', isName: true },
  { id: 'extents', heading: 'extents', isName: true, isBelow: true },
]
const rowOf = (path: string, size = 1, below: Cell = MISSING): TableRow => ({
  cells: [text('0/0'), bytes(size), { ...name(`/folder/${path}`), shorter: path }, below],
})

describe('a listing', () => {
  it('is drawn as its rows come', () => {
    let asked = 0
    function* rows(): Generator<TableRow> {
      for (; ; asked += 1) yield rowOf(String(asked))
    }
    const options = { style: { width: 80, color: false, unicode: true }, unit: 'iec', fullPaths: false } as const
    const pieces = sectionsPieces([{ body: { kind: 'listing', columns: LISTED, rows: rows() } }], options)
    expect(pieces.next().value).toMatch(/^OWNER SIZE NAME\n0\/0 {4}1 B \/folder\/0\n/)
    const first = asked
    expect(first).toBeLessThan(10_000)
    pieces.next()
    expect(asked).toBeLessThan(2 * first)
  })

  it('tells its directory once where lines have a width, and goes without columns for names', () => {
    const rows = [rowOf('a-name-of-twenty-signs'), rowOf('b', 2, phrases(['offset 12'], ['length 34'], ['sector 5']))]
    const listing: Section = { body: { kind: 'listing', columns: LISTED, rows, folder: name('/folder') } }
    expect(draw(listing, Number.POSITIVE_INFINITY)).toBe(
      'OWNER SIZE NAME\n0/0    1 B /folder/a-name-of-twenty-signs\n0/0    2 B /folder/b\n    offset 12 · length 34 · sector 5\n',
    )
    expect(draw(listing, 22)).toBe(
      '/folder/\nSIZE NAME\n 1 B a-name-o…ty-signs\n 2 B b\n    offset 12 ·\n      length 34 ·\n      sector 5\n',
    )
  })

  it('keeps the characters of names in any locale', () => {
    const rows = [rowOf('caf\xc3\xa9 \xe2\x80\x93 menu')]
    const listing: Section = { body: { kind: 'listing', columns: LISTED, rows } }
    expect(draw(listing, 80, false)).toContain('/folder/café – menu')
  })

  it('has no heading and nothing else if the names are all that the user asked for', () => {
    const rows = [rowOf('a'), rowOf('b')]
    const listing: Section = { body: { kind: 'listing', columns: LISTED, rows, names: [name('a'), name('b')] } }
    expect(draw(listing, 80)).toBe('a\nb\n')
    expect(markdown(listing)).toContain('| 0/0 | 1 B | /folder/a |  |')
  })

  it('is a table in Markdown, of as many rows as fit', () => {
    const rows = Array.from({ length: 5000 }, (_, index) => rowOf(`file-${index}`))
    const drawn = markdown({ body: { kind: 'listing', columns: LISTED, rows } })
    expect(drawn.split('\n').slice(0, 3)).toEqual([
      '| owner | size | name | extents |',
      '|---|---:|---|---|',
      '| 0/0 | 1 B | /folder/file-0 |  |',
    ])
    const shown = drawn.split('\n').filter((line) => line.includes('file-')).length
    const hidden = Number(/([\d,]+) more rows do not fit here\./.exec(drawn)![1]!.replace(',', ''))
    expect(shown + hidden).toBe(5000)
  })
})

describe('a row', () => {
  const columns: readonly ColumnHead[] = [
    { id: 'size', heading: 'size' },
    { id: 'name', heading: 'name', isName: true },
    { id: 'note', heading: 'note', isName: true, dispensable: 1 },
    { id: 'where', heading: 'where', isName: true, isBelow: true },
  ]
  const excerpt: Cell = { kind: 'excerpt', before: 'x'.repeat(32), match: 'HASH', after: '\n|y' }
  const tree: Section = {
    body: {
      kind: 'tree',
      columns,
      roots: [
        {
          cells: [bytes(1), name('root'), text('a note about the root'), MISSING],
          isStrong: true,
          children: [
            { cells: [bytes(2), name('one'), MISSING, excerpt], children: [] },
            { cells: [bytes(3), phrases(['two'], ['three'], ['four']), MISSING, MISSING], children: [] },
          ],
        },
      ],
    },
  }

  it('has long values below it, and is emphasized if it matters most', () => {
    expect(draw(tree, 80, true, true)).toBe(
      [
        'SIZE  NAME                   NOTE',
        ' 1 B  \u001b[1mroot\u001b[22m                   \u001b[2ma note about the root\u001b[22m',
        ' 2 B  ├─ one',
        `      │  \u001b[2m…${'x'.repeat(32)}\u001b[22m\u001b[1mHASH\u001b[22m\u001b[2m.|y…\u001b[22m`,
        ' 3 B  └─ two · three · four',
        '',
      ].join('\n'),
    )
  })

  it('breaks phrases, and loses a note before it loses names', () => {
    expect(draw(tree, 22)).toBe(
      [
        'SIZE  NAME',
        ' 1 B  root',
        ' 2 B  ├─ one',
        '      │  …xxxHASH.|y…',
        ' 3 B  └─ two · three ·',
        '           four',
        '',
      ].join('\n'),
    )
  })

  it('has a column for long values in Markdown, which no value leaves', () => {
    const shown = markdown(tree)
    expect(shown).toContain('| size | name | note | where |')
    expect(shown).toContain('| 1 B | **root** | a note about the root |  |')
    expect(shown).toContain(`| 2 B | &emsp;one |  | <code>…${'x'.repeat(32)}HASH.\\|y…</code> |`)
    expect(shown).toContain('| 3 B | &emsp;two · three · four |  |  |')
  })

  it('says less where there is less room', () => {
    const cells: readonly Cell[] = [
      { kind: 'wordings', wordings: [['a long wording of it all'], ['a short wording']] },
      {
        kind: 'chain',
        name: name('the-first-name'),
        mark: ' *',
        links: [name('the-second-name'), name('the-third-name')],
        more: 2,
      },
      words(name('a-name-of-some-length'), ' (as above)'),
    ]
    const at = (width: number): string[] =>
      cells.map((cell) => {
        const drawn = draw({ body: { kind: 'table', columns: [columns[1]!], rows: [{ cells: [cell] }] } }, width)
        expect(widest(drawn)).toBeLessThanOrEqual(width)
        return drawn.split('\n')[1]!
      })
    expect(at(80)).toEqual([
      'a long wording of it all',
      'the-first-name * ← the-second-name (+2) ← the-third-name',
      'a-name-of-some-length (as above)',
    ])
    expect(at(28)).toEqual(['a long wording of it all', 'the-first-name * ← …', 'a-name-o…e-length (as above)'])
    expect(at(20)).toEqual(['a short wording', 'the-first-name * ← …', expect.stringContaining('…')])
  })
})
