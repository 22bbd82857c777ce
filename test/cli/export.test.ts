import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeWith, mustRun } from '../oracle.ts'
import { IMAGES, isoscope } from './run.ts'

const images = readdirSync(IMAGES).filter((name) => /\.(iso|squashfs)$/.test(name))

interface NcduFile {
  readonly name: string
  readonly asize?: number
  readonly dsize?: number
}
type NcduTree = readonly [NcduFile, ...(NcduFile | NcduTree)[]]

function exported(...args: string[]): string {
  const { code, stdout, stderr } = isoscope(['export', '-f', ...args])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout.toString()
}

function sumOf(tree: NcduTree, key: 'asize' | 'dsize'): number {
  return tree.reduce(
    (sum: number, item) => sum + (Array.isArray(item) ? sumOf(item as NcduTree, key) : ((item as NcduFile)[key] ?? 0)),
    0,
  )
}

describe('export -f ncdu', () => {
  it.each(images)('%s: disk usage adds up to the file, apparent size to the contents', (name) => {
    const [major, minor, about, tree] = JSON.parse(exported('ncdu', name)) as [number, number, object, NcduTree]
    expect([major, minor]).toEqual([1, 2])
    expect(about).toMatchObject({ progname: 'isoscope', progver: expect.any(String), timestamp: expect.any(Number) })
    expect(sumOf(tree, 'dsize')).toBe(statSync(join(IMAGES, name)).size)
    const listed = isoscope(['ls', '-R', '--json', name]).stdout.toString().trimEnd().split('\n')
    const files = listed.map((line) => JSON.parse(line) as { path: string; type: string; size: number })
    // An image inside is a folder there, and its files are listed too.
    const contents = files.filter(
      ({ path, type }) => type === 'file' && !files.some((other) => other.path.startsWith(`${path}/`)),
    )
    expect(sumOf(tree, 'asize')).toBe(contents.reduce((sum, { size }) => sum + size, 0))
  })
})

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

describe('several images', () => {
  it('go on past a bad one, name it, and end with 2', () => {
    for (const format of ['text', 'ndjson', 'csv', 'tsv']) {
      const { code, stdout, stderr } = isoscope(['report', '-f', format, 'mini.iso', './nope.iso', 'mini-slim.iso'])
      expect(code).toBe(2)
      expect(stderr).toBe('isoscope: ./nope.iso: no such file\n')
      expect(stdout.toString()).toMatch(/mini\.iso[\s\S]*mini-slim\.iso/)
    }
  })

  it('are refused where only one makes sense', () => {
    for (const args of [['--json'], ['-f', 'md']]) {
      expect(isoscope(['mini.iso', 'mini-slim.iso', ...args])).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/of several images only text, ndjson, csv and tsv can be made/),
      })
    }
    expect(isoscope(['mini.iso', 'mini-slim.iso', '-o', 'x.json'])).toMatchObject({
      code: 2,
      stderr: 'isoscope: -o: a report is saved of one image; give one\n',
    })
  })
})
