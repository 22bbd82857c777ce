import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exported, type NcduTree, sumOf } from './ncdu.ts'
import { IMAGES, isoscope } from './run.ts'

const images = readdirSync(IMAGES).filter((name) => /\.(iso|squashfs)$/.test(name))

describe('export -f ncdu', () => {
  it.each(images)('%s: disk usage adds up to the file, apparent size to the contents', (name) => {
    const [major, minor, about, tree] = JSON.parse(exported('ncdu', name)) as [number, number, object, NcduTree]
    expect([major, minor]).toEqual([1, 2])
    expect(about).toMatchObject({ progname: 'isoscope', progver: expect.any(String), timestamp: expect.any(Number) })
    expect(sumOf(tree, 'dsize')).toBe(statSync(join(IMAGES, name)).size)
    const listed = isoscope(['ls', '-R', '-f', 'ndjson', name]).stdout.toString().trimEnd().split('\n')
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
        stderr: expect.stringMatching(/several images can be written as text, ndjson, csv, tsv and parquet only/),
      })
    }
    expect(isoscope(['mini.iso', 'mini-slim.iso', '-o', 'x.json'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/several images can be written as text, ndjson, csv, tsv and parquet only/),
    })
  })
})

describe('export -f dot of one store path', () => {
  const edgesOf = (dot: string): string[] =>
    [...dot.matchAll(/"([^"]+)" -> "([^"]+)"/g)].map(([, from, to]) => `${from} ${to}`)

  it('has what leads to it from the roots, and nothing else', () => {
    const all = edgesOf(exported('dot', 'mini.iso'))
    const some = edgesOf(exported('dot', 'mini.iso', 'perl'))
    const end = some.map((edge) => edge.split(' ')[1]!).find((key) => /-perl-\d/.test(key))!
    // Backwards from perl, over all references.
    const routes = new Set<string>()
    const waiting = [end]
    for (let to = waiting.pop(); to !== undefined; to = waiting.pop()) {
      for (const edge of all.filter((other) => other.endsWith(` ${to}`) && !routes.has(other))) {
        routes.add(edge)
        waiting.push(edge.split(' ')[0]!)
      }
    }
    expect(new Set(some)).toEqual(routes)
    expect(some.length).toBeGreaterThan(0)
    expect(some.length).toBeLessThan(all.length / 2)
  })

  it('answers no for a name that is not there, and refuses one for ncdu', () => {
    expect(isoscope(['export', '-f', 'graphml', 'mini.iso', 'nope'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/no store path in .*mini\.iso matches 'nope'/),
    })
    expect(isoscope(['export', '-f', 'ncdu', 'mini.iso', 'perl'])).toMatchObject({
      code: 2,
      stderr: 'isoscope: ncdu shows all files of an image; leave the store path out\n',
    })
  })
})
