import { describe, expect, it } from 'vitest'
import { diff } from '../../src/analyses/diff.ts'
import { diffFiles } from '../../src/analyses/diff-files.ts'
import { exportedGraph } from '../../src/analyses/exported-graph.ts'
import { graphSizes } from '../../src/analyses/graph-sizes.ts'
import { report } from '../../src/analyses/report.ts'
import { reportRows } from '../../src/analyses/report-rows.ts'
import { dotExport } from '../../src/present/export/dot.ts'
import { graphmlExport } from '../../src/present/export/graphml.ts'
import { diffJson } from '../../src/present/json/diff.ts'
import { fileDiffJson } from '../../src/present/json/diff-files.ts'
import { reportJson } from '../../src/present/json/report.ts'
import { escapeMarkdown } from '../../src/present/markdown/escape.ts'
import { basePath, fileOf, syntheticSide } from '../analyses/synthetic-side.ts'
import { diffMarkdown, diffText, fileDiffText } from './drawn-diff.ts'
import { reportLines, reportMarkdown, reportText } from './drawn-report.ts'

/** Names that would be something else than names in one output or another; bytes, as an image has them. */
const HOSTILE = [
  '=HYPERLINK("http://x")',
  '+1',
  '-1',
  '@SUM(A1)',
  'a|b',
  'a`b`',
  '<script>alert(1)</script>',
  '</details>',
  '[x](javascript:y)',
  'line\nbreak',
  'return\r',
  'tab\there',
  '\x1b[31mred',
  '\xff\xfe',
  '\xe2\x80\xae'.concat('gnp'),
  '"quoted", and, commas',
  'back\\slash',
  '*bold* _under_ ~strike~ #head',
  '&lt; @everyone',
  'www.example.org',
  'https://example.org/x',
  'me@example.org',
  'owner/repo#12 GH-34',
  ':tada:',
]

const side = (names: readonly string[], own: number) =>
  syntheticSide({
    name: HOSTILE[6]!,
    paths: [{ base: basePath(1, 'top'), own: 5 }],
    roots: [basePath(1, 'top')],
    others: names.map((name) => ({
      kind: 'file',
      name: `/${name}`,
      otherNames: [`/2/${name}`],
      region: `/${name}`,
      own,
    })),
  })
const files = (own: number) =>
  syntheticSide({
    name: HOSTILE[6]!,
    paths: [],
    others: HOSTILE.map((name) => ({ kind: 'file', name, otherNames: [`${name} 2`], region: '/', own })),
  })
const PATHS = { old: '/tmp/\x1b[31mold', new: '/tmp/new\nline' }
/** Two images whose entries have other metadata, and names that tell a terminal what to do. */
const tampered = (mode: number, value: string) =>
  syntheticSide({
    name: HOSTILE[6]!,
    paths: [],
    outside: HOSTILE.map((name, index) => ({
      ...fileOf(`/${name}`, mode === 0o755 ? 3 : 4),
      metadata: { mode, uid: 0, gid: 0, mtime: mode, xattrs: [{ name: `user.${name}`, value }], link: index % 2 },
    })),
  })
const metadataChanged = diff(tampered(0o755, 'a\x1b[31m'), tampered(0o4755, 'b\x1b[31m'), 'path')
const fileRows = diffFiles(
  { owner: basePath(1, 'x'), files: new Map([[basePath(1, 'x'), tampered(0o755, 'a\x1b[0m').outside!]]) },
  { owner: basePath(1, 'x'), files: new Map([[basePath(1, 'x'), tampered(0o4755, 'b\x1b[0m').outside!]]) },
  () => undefined,
)
const style = { width: Number.POSITIVE_INFINITY, color: false, unicode: true }
const fold = { min: 0, top: 0, rebuilt: true, only: undefined }
const inventory = side(HOSTILE, 7)
const changed = diff(files(3), files(9), 'path')
const reported = report(inventory)

/** Controls, escapes, overrides and broken surrogates: nothing of the sort may be in any output. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffd]/

describe('names from an image', () => {
  const graph = exportedGraph(graphSizes(inventory.attribution, inventory.references!, inventory.roots))
  const outputs: readonly (readonly [string, string])[] = [
    ['text of the report', reportText(reported, { style, unit: 'iec', top: 0, sort: 'own', min: 0, fullPaths: false })],
    ['text of the diff', diffText(changed, { style, unit: 'iec', paths: PATHS, ...fold })],
    ['text of a diff of metadata', diffText(metadataChanged, { style, unit: 'iec', paths: PATHS, ...fold })],
    ['JSON of a diff of metadata', diffJson(metadataChanged, PATHS)],
    ['Markdown of a diff of metadata', diffMarkdown(metadataChanged, { unit: 'iec', paths: PATHS, ...fold })],
    [
      'text of a diff of files',
      fileDiffText({ rows: fileRows, oldPath: 'old', newPath: 'new', haveContents: true, haveMetadata: true }, style),
    ],
    [
      'JSON of a diff of files',
      fileDiffJson(fileRows, { old: 'old', new: 'new' }, { old: '', new: '' }, { contents: true, metadata: true }),
    ],
    ['JSON of the report', [...reportJson(reported, inventory)].join('')],
    ['JSON of the diff', diffJson(changed, PATHS)],
    ['Markdown of the report', reportMarkdown(report(files(3)))],
    ['Markdown of the diff', diffMarkdown(changed, { unit: 'iec', paths: PATHS, ...fold })],
    ['TSV', reportLines(reported, 'tsv').lines.join('')],
    ['ndjson', reportLines(reported, 'ndjson').lines.join('')],
    ['Graphviz', [...dotExport(graph, 'iec')].join('')],
    ['GraphML', [...graphmlExport(graph)].join('')],
  ]

  it.each(outputs)('bring no control characters into %s', (_, text) => {
    expect(UNSAFE.exec(text.replaceAll('\r\n', '\n'))).toBeNull()
  })

  it('are cells of CSV that no spreadsheet computes', () => {
    const hostile = report(files(3))
    const { head, lines } = reportLines({ ...hostile, image: { ...hostile.image, name: '=x.iso' } }, 'csv')
    expect(lines).toHaveLength(HOSTILE.length)
    const cells = lines.map((line) => parseCsv(line))
    const columns = head.trim().split(',')
    for (const [index, row] of cells.entries()) {
      expect(row).toHaveLength(columns.length)
      expect(row[0]).toBe("'=x.iso")
      const path = row[columns.indexOf('path')]!
      expect(path).not.toMatch(/^[=+\-@]/)
      if (/^[=+\-@]/.test(HOSTILE[index]!)) expect(path).toBe(`'${HOSTILE[index]}`)
    }
  })

  it('are lines of ndjson and TSV, one each', () => {
    const { head, lines } = reportLines(reported, 'tsv')
    const json = reportLines(reported, 'ndjson').lines
    for (const [index, row] of [...reportRows(reported)].entries()) {
      expect(JSON.parse(json[index]!)).toMatchObject({ own: row.own })
      expect(lines[index]!.split('\n')).toHaveLength(2)
      expect(lines[index]!.split('\t')).toHaveLength(head.split('\t').length)
    }
  })

  it('are cells of Markdown tables, and no markup', () => {
    for (const [, markdown] of outputs.filter(([name]) => name.startsWith('Markdown'))) {
      for (const table of markdown.split(/\n\n/).filter((part) => part.startsWith('|'))) {
        const rows = table.trimEnd().split('\n')
        expect(new Set(rows.map((row) => row.replace(/\\./g, '').split('|').length)).size).toBe(1)
        expect(rows.length).toBeGreaterThan(2)
      }
      expect(markdown.replace(/<\/?sub>|<\/?details>|<\/?summary>|<br>/g, '')).not.toMatch(/<[a-z/]/i)
    }
    expect(escapeMarkdown('a|b*c*_d_`e`<f>&amp;@g[h](i)')).toBe(
      'a\\|b\\*c\\*\\_d\\_\\`e\\`&lt;f&gt;&amp;amp;@&#8203;g\\[h\\]\\(i\\)',
    )
  })

  it('are no links, mentions or pictures in Markdown, after GitHub has undone escapes and entities', () => {
    for (const [name, escaped] of [
      ['www.example.org', 'www&#8203;.example.org'],
      ['https://example.org', 'https:&#8203;//example.org'],
      ['mailto:me@example.org', 'mailto:&#8203;me@&#8203;example.org'],
      ['@user', '@&#8203;user'],
      ['a/b#12', 'a/b\\#&#8203;12'],
      ['GH-12', 'GH-&#8203;12'],
      [':+1:', ':&#8203;\\+1:'],
      ['a#b: c', 'a\\#b: c'],
    ] as const) {
      expect(escapeMarkdown(name)).toBe(escaped)
    }
    for (const [, markdown] of outputs.filter(([name]) => name.startsWith('Markdown'))) {
      const rendered = markdown
        .replace(/\\(.)/g, '$1')
        .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
      expect(rendered).not.toMatch(/@[a-z]|#\d|GH-\d|www\.|:\/\/|:\w+:/i)
    }
  })

  it('are exact in JSON, where they are not UTF-8', () => {
    const json = JSON.parse([...reportJson(reported, inventory)].join('')) as {
      accounts: { path?: string; pathBase64?: string }[]
    }
    const account = json.accounts.find(({ pathBase64 }) => pathBase64 !== undefined)!
    expect(Buffer.from(account.pathBase64!, 'base64').toString('latin1')).toBe('/\xff\xfe')
  })
})

/** A line of CSV as RFC 4180 has it. */
function parseCsv(line: string): string[] {
  const cells = line.replace(/\r\n$/, '').matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)
  return Array.from(cells, ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain!)
}
