import { linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { noise } from '../agreement/squashfs-source.ts'
import { describeWith, mustRun } from '../oracle.ts'
import { IMAGES, isoscope } from './run.ts'

const images = readdirSync(IMAGES).filter((name) => /\.(iso|squashfs)$/.test(name))

interface NcduFile {
  readonly name: string
  readonly asize?: number
  readonly dsize?: number
  readonly ino?: number
  readonly hlnkc?: boolean
}
type NcduTree = readonly [NcduFile, ...(NcduFile | NcduTree)[]]

function exported(...args: string[]): string {
  const { code, stdout, stderr } = isoscope(['export', '-f', ...args])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout.toString()
}

/** The sum as ncdu makes it: a hard-linked file once. */
function sumOf(tree: NcduTree, key: 'asize' | 'dsize', counted = new Set<number>()): number {
  let sum = 0
  for (const item of tree) {
    if (Array.isArray(item)) {
      sum += sumOf(item as NcduTree, key, counted)
      continue
    }
    const { ino, hlnkc, [key]: size = 0 } = item as NcduFile
    if (hlnkc !== true || !counted.has(ino!)) sum += size
    if (hlnkc === true) counted.add(ino!)
  }
  return sum
}

describe('export -f ncdu', () => {
  it.each(images)('%s: disk usage adds up to the file, apparent size to the contents', (name) => {
    const [major, minor, about, tree] = JSON.parse(exported('ncdu', name)) as [number, number, object, NcduTree]
    expect([major, minor]).toEqual([1, 2])
    expect(about).toMatchObject({ progname: 'isoscope', progver: expect.any(String), timestamp: expect.any(Number) })
    expect(sumOf(tree, 'dsize')).toBe(statSync(join(IMAGES, name)).size)
    const listed = isoscope(['ls', '-R', '--json', name]).stdout.toString().trimEnd().split('\n')
    const files = listed.map(
      (line) => JSON.parse(line) as { path: string; type: string; size: number; linkTo?: string },
    )
    // An image inside is a folder there, and its files are listed too.
    const contents = files.filter(
      ({ path, type, linkTo }) =>
        type === 'file' && linkTo === undefined && !files.some((other) => other.path.startsWith(`${path}/`)),
    )
    expect(sumOf(tree, 'asize')).toBe(contents.reduce((sum, { size }) => sum + size, 0))
  })
})

it('export -f ncdu names the bytes after a squashfs apart from its padding', () => {
  const work = mkdtempSync(join(tmpdir(), 'isoscope-after-'))
  const path = join(work, 'longer.squashfs')
  const image = readFileSync(join(IMAGES, 'gzip.squashfs'))
  writeFileSync(path, Buffer.concat([image, Buffer.alloc(9000, 7)]))
  const [, , , tree] = JSON.parse(exported('ncdu', path)) as [number, number, object, NcduTree]
  expect(tree).toContainEqual({ name: '[bytes after the image]', asize: 9000, dsize: 9000, notreg: true })
  expect(sumOf(tree, 'dsize')).toBe(image.length + 9000)
  expect(exported('ncdu', 'gzip.squashfs')).not.toContain('after the image')
  rmSync(work, { recursive: true })
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
