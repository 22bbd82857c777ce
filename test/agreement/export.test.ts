import { linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { dotExport } from '../../src/present/export/dot.ts'
import { ownerLabels } from '../../src/present/text/owner-labels.ts'
import { exported, type NcduTree, sumOf } from '../cli/ncdu.ts'
import { IMAGES, isoscope } from '../cli/run.ts'
import { describeWith, mustRun } from '../oracle.ts'
import { noise } from './squashfs-source.ts'

const images = readdirSync(IMAGES).filter((name) => /\.(iso|squashfs)$/.test(name))

describeWith(['ncdu'], 'ncdu itself', () => {
  it.each(images)('reads the export of %s, and has the same tree', (name) => {
    const work = mkdtempSync(join(tmpdir(), 'isoscope-ncdu-'))
    try {
      writeFileSync(join(work, 'in.json'), exported('ncdu', name))
      mustRun('ncdu', ['-f', join(work, 'in.json'), '-o', join(work, 'out.json')])
      const read = JSON.parse(mustRun('cat', [join(work, 'out.json')]).toString('latin1')) as [
        number,
        number,
        object,
        NcduTree,
      ]
      expect(sumOf(read[3], 'dsize')).toBe(statSync(join(IMAGES, name)).size)
    } finally {
      rmSync(work, { recursive: true })
    }
  })
})

describeWith(['ncdu', 'script', 'genisoimage', 'mksquashfs'], 'hard links in ncdu', () => {
  let work = ''
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-ncdu-links-'))
    const at = (...names: string[]): string => join(work, 's', ...names)
    for (const name of ['live', 'other']) mkdirSync(at(name), { recursive: true })
    writeFileSync(at('live', 'initrd'), noise(300_000, 1))
    linkSync(at('live', 'initrd'), at('live', 'initrd-6.1'))
    linkSync(at('live', 'initrd'), at('other', 'initrd'))
    mustRun('mksquashfs', [at(), at('live', 'one.squashfs'), '-quiet', '-no-progress'])
    linkSync(at('live', 'one.squashfs'), at('other', 'two.squashfs'))
    mustRun('genisoimage', ['-quiet', '-R', '-o', join(work, 'links.iso'), at()])
  })
  afterAll(() => rmSync(work, { recursive: true }))

  it('are told as what they are, and an image with two names is one folder', () => {
    const text = exported('ncdu', join(work, 'links.iso'))
    const tree = (JSON.parse(text) as [number, number, object, NcduTree])[3]
    expect(sumOf(tree, 'dsize')).toBe(statSync(join(work, 'links.iso')).size)
    const links = [...text.matchAll(/"name":"(initrd[^"]*)".*"ino":(\d+),"nlink":3,"hlnkc":true/g)]
    // Those of the squashfs and those of the ISO are two files.
    expect(links.map(([, name, ino]) => `${name} ${ino}`)).toEqual([
      'initrd 1',
      'initrd-6.1 1',
      'initrd 2',
      'initrd-6.1 2',
      'initrd 2',
      'initrd 1',
    ])
    expect(text).toContain('{"name":"two.squashfs","asize":0,"dsize":0}')
  })

  it('count once in the sum that ncdu shows', () => {
    const image = join(work, 'links.iso')
    const parsed = JSON.parse(exported('ncdu', image)) as unknown[]
    // In a folder around it the image is an item, about which ncdu tells bytes (key i).
    parsed[3] = [{ name: '/' }, parsed[3]]
    writeFileSync(join(work, 'around.json'), JSON.stringify(parsed))
    const command = `stty cols 100 rows 24; ncdu -f '${join(work, 'around.json')}'`
    const screen = mustRun('script', ['-qec', command, '/dev/null'], {
      input: Buffer.from('iqq'),
      env: { TERM: 'xterm' },
    })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is taken out
    const text = screen.toString('latin1').replaceAll(/\x1b[^a-zA-Z]*[a-zA-Z]/g, '')
    const usage = /Disk usage:.*?\(([\d.,' ]+) *B\)/.exec(text)?.[1]?.replaceAll(/\D/g, '')
    expect(Number(usage)).toBe(statSync(image).size)
  })
})

describeWith(['dot'], 'Graphviz', () => {
  it.each(['mini.iso', 'mini-slim.iso'])('draws the references of %s', (name) => {
    const dot = exported('dot', name)
    const svg = mustRun('dot', ['-Tsvg'], { input: Buffer.from(dot) }).toString()
    const tree = JSON.parse(isoscope(['tree', name, '--json']).stdout.toString()) as {
      storePaths: { references: string[] }[]
    }
    expect(svg.match(/class="node"/g)).toHaveLength(tree.storePaths.length)
    const edges = tree.storePaths.reduce((sum, { references }) => sum + references.length, 0)
    expect(svg.match(/class="edge"/g)).toHaveLength(edges)
  })

  it('shows names as they are, and nothing that they may ask for', () => {
    const keys = ['plain-1', 'a"b', 'back\\', 'quote\\"] evil [label="x', 'node\\N', 'lines\\lx', 'a\nb', 'amp&lt;']
    const sizes = { own: 1, retained: 2, unpacked: 3, isRoot: false, isReached: true }
    const nodes = keys.map((name, node) => ({ node, key: `dpkg:${name}`, ...sizes }))
    const dot = [...dotExport({ nodes, edges: [[0, 3]] }, 'iec')].join('')
    const svg = mustRun('dot', ['-Tsvg'], { input: Buffer.from(dot) }).toString()
    const texts = [...svg.matchAll(/<text [^>]*>(.*?)<\/text>/g)].map(([, text]) =>
      text!
        .replace(/&#45;/g, '-')
        .replace(/&quot;/g, '"')
        .replace(/&#160;/g, ' ')
        .replace(/&amp;/g, '&'),
    )
    const labelOf = ownerLabels(nodes.map(({ key }) => key))
    const shown = texts.filter((text) => !text.startsWith('own 1 B'))
    expect(shown.sort()).toEqual(nodes.map(({ key }) => labelOf(key)).sort())
    expect(svg.match(/class="edge"/g)).toHaveLength(1)
  })
})

describeWith(['graphml2gv', 'xmllint'], 'readers of GraphML', () => {
  /** The values of an attribute of all nodes, as an XPath of xmllint finds them. */
  const valuesOf = (graphml: Buffer, path: string): string[] =>
    mustRun('xmllint', ['--xpath', path, '-'], { input: graphml }).toString().trimEnd().split('\n')
  const dataOf = (key: string): string => `//*[local-name()="data"][@key="${key}"]/text()`

  it.each(['mini.iso', 'mini-slim.iso'])('see the references of %s, and its sizes', (name) => {
    const graphml = Buffer.from(exported('graphml', name))
    const { storePaths } = JSON.parse(isoscope(['tree', name, '--json']).stdout.toString()) as {
      storePaths: { path: string; own: number; retained: number; references: string[] }[]
    }
    const ids = valuesOf(graphml, '//*[local-name()="node"]/@id').map((found) => /"(.+)"/.exec(found)![1]!)
    const keys = valuesOf(graphml, dataOf('name'))
    const own = valuesOf(graphml, dataOf('own'))
    const retained = valuesOf(graphml, dataOf('retained'))
    expect(ids).toHaveLength(storePaths.length)
    const numberOf = new Map(keys.map((key, index) => [`/nix/store/${key}`, index]))
    const edges = new Set<string>()
    for (const { path, references, ...sizes } of storePaths) {
      const index = numberOf.get(path)!
      expect([own[index], retained[index]]).toEqual([`${sizes.own}`, `${sizes.retained}`])
      for (const to of references) edges.add(`${ids[index]} -> ${ids[numberOf.get(to)!]}`)
    }
    const drawn = mustRun('graphml2gv', [], { input: graphml }).toString()
    expect(new Set(drawn.match(/n\d+ -> n\d+/g))).toEqual(edges)
  })
})

describeWith(['sqlite3'], 'sqlite', () => {
  let work = ''
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-sqlite-'))
  })
  afterAll(() => rmSync(work, { recursive: true }))

  const SUMS = 'select image, sum(own) from r group by 1 order by 1'
  const expected = (): string =>
    ['mini-slim.iso', 'mini.iso'].map((name) => `${name}|${statSync(join(IMAGES, name)).size}\n`).join('')

  it('loads ndjson as the README says', () => {
    const { stdout } = isoscope(['report', '-f', 'ndjson', 'mini.iso', 'mini-slim.iso'])
    writeFileSync(join(work, 'lines'), stdout)
    const commands = ['create table r(j)', '.mode ascii', '.separator "\\t" "\\n"', `.import ${join(work, 'lines')} r`]
    const query = SUMS.replace('image', "j->>'image'").replace('own', "j->>'own'")
    const said = mustRun('sqlite3', [':memory:', ...commands, query]).toString()
    expect(said.replaceAll('\t', '|')).toBe(expected())
  })

  it.each(['csv', 'tsv'])('loads %s', (format) => {
    const { stdout } = isoscope(['report', '-f', format, 'mini.iso', 'mini-slim.iso'])
    writeFileSync(join(work, 'table'), stdout)
    const mode = format === 'csv' ? '.mode csv' : '.mode tabs'
    const said = mustRun('sqlite3', [':memory:', mode, `.import ${join(work, 'table')} r`, '.mode list', SUMS])
    expect(said.toString()).toBe(expected())
  })
})
