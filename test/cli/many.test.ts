import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { namesIn } from '../../src/cli/many/image-list.ts'
import { endServers, give, IMAGE, runThere, serve } from './image-server.ts'
import { BIN, IMAGES, isoscope, isoscopeProcess } from './run.ts'

const work = mkdtempSync(join(tmpdir(), 'isoscope-many-'))
afterAll(() => {
  endServers()
  rmSync(work, { recursive: true })
})

/** Images with their sizes, and in the midst of them what is none. */
const SIZES = new Map(
  ['mini.iso', 'mini-slim.iso', 'joliet.iso', 'gzip.squashfs', 'lz4.erofs'].map((name) => [
    name,
    statSync(join(IMAGES, name)).size,
  ]),
)

interface Row {
  readonly image: string
  readonly kind?: string
  readonly name?: string
  readonly own?: number
  readonly error?: { readonly code: string; readonly message: string }
}

interface Stored {
  readonly image: string
  readonly identity: string
  readonly file: string
  readonly size: number
  readonly written: boolean
}

function lines<T = Row>(stdout: { toString(): string }): T[] {
  const text = stdout.toString()
  return text === ''
    ? []
    : text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as T)
}

/** The bytes of the rows of each image. */
function sums(rows: readonly Row[]): Map<string, number> {
  const found = new Map<string, number>()
  for (const { image, own } of rows) if (own !== undefined) found.set(image, (found.get(image) ?? 0) + own)
  return found
}

/** A list in a file, with what stands between its names. */
function list(names: readonly string[], between = '\n'): string {
  const path = join(work, `list-${Math.random()}`)
  writeFileSync(path, names.map((name) => name + between).join(''))
  return path
}

const broken = join(work, 'broken.iso')
beforeAll(() => writeFileSync(broken, readFileSync(join(IMAGES, 'mini.iso')).subarray(0, 700_000)))

describe('--files-from', () => {
  it('writes rows of each image that add up to its size, one row for each problem, and ends with 2', () => {
    const names = [...SIZES.keys()]
    const from = list(['mini.iso', 'nope', ...names.slice(1), broken, '.', join(IMAGES, '../README.md')])
    const { code, stdout, stderr } = isoscope(['--files-from', from])
    expect(code).toBe(2)
    const rows = lines(stdout)
    const whole = sums(rows)
    // Rows of an image that is cut short add up to what is there.
    expect(whole).toEqual(new Map([...SIZES, [broken, 700_000]]))
    const problems = rows.filter(({ error }) => error !== undefined)
    expect(problems.map(({ image, error }) => [image, error!.code])).toEqual([
      ['nope', 'IO'],
      [broken, 'TRUNCATED'],
      ['.', 'UNSUPPORTED'],
      [join(IMAGES, '../README.md'), 'MALFORMED'],
    ])
    expect(problems[0]!.error!.message).toBe('nope: no such file')
    expect(problems[1]!.error!.message).toMatch(/broken\.iso is cut short: .* of 2\.0 MiB; download or copy it again$/)
    for (const { error } of [problems[0]!, problems[2]!, problems[3]!]) expect(stderr).toContain(error!.message)
    expect(Object.keys(rows[0]!).slice(0, 4)).toEqual(['image', 'kind', 'name', 'path'])
    // The rows of an image stand together.
    const order = rows.map(({ image }) => image).filter((image, index, all) => image !== all[index - 1])
    expect(new Set(order).size).toBe(order.length)
  })

  it('has the same rows as the report of one image', () => {
    const alone = isoscope(['-f', 'ndjson', 'mini.iso']).stdout.toString()
    expect(isoscope(['--files-from', list(['mini.iso'])]).stdout.toString()).toBe(alone)
  })

  it('takes names from stdin, separated by NUL too, and file URLs', () => {
    const odd = join(work, 'a name\nof two lines.iso')
    copyFileSync(join(IMAGES, 'joliet.iso'), odd)
    const run = (input: string): ReturnType<typeof spawnSync> =>
      spawnSync(process.execPath, [BIN, '--files-from', '-'], { input, cwd: IMAGES })
    const nul = run(`${odd}\0mini-slim.iso\0`)
    expect(nul.status).toBe(0)
    expect([...sums(lines(nul.stdout)).keys()]).toEqual([odd, 'mini-slim.iso'])
    const url = run(`${pathToFileURL(join(IMAGES, 'joliet.iso')).href}\r\n\r\n\n`)
    expect([...sums(lines(url.stdout)).keys()]).toEqual([join(IMAGES, 'joliet.iso')])
    expect(run('')).toMatchObject({ status: 0, stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) })
    const mixed = run(`${'long'.repeat(20_000)}\nmini.iso\0`)
    expect(mixed.status).toBe(2)
  })

  it('decides by the first piece what separates names', async () => {
    const namesOf = async (...pieces: readonly string[]): Promise<string[]> => {
      const found: string[] = []
      const given = (async function* () {
        for (const piece of pieces) yield Buffer.from(piece)
      })()
      for await (const name of namesIn(given, '-')) found.push(name)
      return found
    }
    expect(await namesOf('a\nb', 'c\n\nd')).toEqual(['a', 'bc', 'd'])
    expect(await namesOf('a\nb\0c\0', 'd\ne')).toEqual(['a\nb', 'c', 'd\ne'])
    expect(await namesOf('a\r\nb\r', '\nc\r')).toEqual(['a', 'b', 'c'])
    await expect(namesOf('a\n', 'b\0')).rejects.toThrow(
      '--files-from -: has lines, and further on a NUL; end all names alike',
    )
  })

  it('calls saved reports by their own names, because their images may have one name', () => {
    const saved = ['monday.json', 'friday.json'].map((name) => join(work, name))
    for (const [at, image] of ['mini.iso', 'mini-slim.iso'].entries()) {
      copyFileSync(join(IMAGES, image), join(work, 'nightly.iso'))
      expect(isoscope(['nightly.iso', '-o', saved[at]!], {}, work).code).toBe(0)
    }
    const { code, stdout, stderr } = isoscope([...saved, 'mini.iso', '-f', 'ndjson'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const size = (name: string): number => statSync(join(IMAGES, name)).size
    expect(sums(lines(stdout))).toEqual(
      new Map([
        [saved[0], size('mini.iso')],
        [saved[1], size('mini-slim.iso')],
        ['mini.iso', size('mini.iso')],
      ]),
    )
    const table = isoscope([...saved, '-f', 'text']).stdout.toString()
    for (const name of saved) expect(table).toContain(name)
  })

  it('answers each image before the next name comes', async () => {
    const child = spawn(process.execPath, [BIN, '--files-from', '-'], { cwd: IMAGES })
    try {
      for (const [name, size] of [...SIZES].slice(1, 4)) {
        child.stdin.write(`${name}\n`)
        let text = ''
        let sum = 0
        while (sum < size) {
          const [piece] = (await once(child.stdout, 'data')) as [Buffer]
          text += piece.toString()
          if (text.endsWith('\n')) sum = sums(lines(text)).get(name)!
        }
        expect(sum).toBe(size)
      }
      child.stdin.end()
      expect(await once(child, 'exit')).toEqual([0, null])
    } finally {
      child.kill()
    }
  })

  it.each([
    [['--files-from', './nope.txt'], '--files-from ./nope.txt: no such file'],
    [['--files-from', '.'], '--files-from .: is a directory'],
    [
      ['-f', 'json', 'mini.iso', 'joliet.iso'],
      'several images can be written as text, ndjson, csv, tsv and parquet only; --output-dir writes a document for each',
    ],
    [
      ['mini.iso', 'joliet.iso', '-o', 'a.csv', '-o', 'b.csv'],
      '-o: of several images there is one answer, which goes to one place',
    ],
    [['mini.iso', '--resume'], '--resume: needs --output-dir'],
    ...['0', '1.5', 'many', '5000000000'].map((count): [string[], string] => [
      ['mini.iso', 'joliet.iso', '--images-at-once', count],
      '--images-at-once: takes a whole number of processes, from 1 to 4096',
    ]),
    [
      ['mini.iso', '--output-dir', 'x', '--in', 'initrd'],
      '--output-dir: its files are about whole images; leave out --in',
    ],
    [
      ['mini.iso', '--output-dir', 'x', '--min', '1K'],
      '--output-dir: the rows of a file add up to the image; leave out --min',
    ],
    [
      ['mini.iso', '--output-dir', 'x', '-f', 'md'],
      '--output-dir: has files of ndjson, json, csv, tsv and parquet, and no md',
    ],
    [['mini.iso', '--output-dir', 'x', '-o', 'x.csv'], '--output-dir and --output cannot be given together'],
    [
      ['mini.iso', '--output-dir', '/dev/null/x'],
      '/dev/null/x: cannot be written: part of the path is not a directory',
    ],
    [['--json'], 'report needs an image: isoscope report [images..]'],
  ])('refuses %j', (args, message) => {
    expect(isoscope(args)).toMatchObject({ code: 2, stdout: Buffer.alloc(0), stderr: `isoscope: ${message}\n` })
  })

  it('writes a table, and rows with one head, also into a file', () => {
    const from = list(['mini.iso', 'joliet.iso', 'mini-slim.iso'])
    const table = isoscope(['--files-from', from, '-f', 'text'])
    expect(table).toMatchObject({ code: 0, stderr: '' })
    expect(table.stdout.toString()).toBe(isoscope(['mini.iso', 'joliet.iso', 'mini-slim.iso']).stdout.toString())
    const csv = isoscope(['--files-from', from, '-f', 'csv']).stdout.toString()
    expect(csv.match(/^image,kind,name,path/gm)).toHaveLength(1)
    const path = join(work, 'all.csv')
    expect(isoscope(['--files-from', from, '-o', path])).toMatchObject({ code: 0, stdout: Buffer.alloc(0) })
    expect(readFileSync(path, 'utf8')).toBe(csv)
    expect(isoscope(['--files-from', from, '-o', join(work, 'no/all.csv')])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no/all.csv: cannot be written: there is no such directory'),
    })
  })

  it('has the rows of --by', () => {
    const args = ['mini.iso', 'mini-slim.iso', '-f', 'ndjson', '--by', 'region']
    const rows = lines(isoscope(args).stdout)
    expect(new Set(rows.map(({ kind }) => kind))).toEqual(new Set(['region']))
    expect(sums(rows)).toEqual(new Map([...SIZES].slice(0, 2)))
  })
})

describe('--images-at-once', () => {
  it('has the same rows, of each image together', () => {
    const names = [...SIZES.keys(), 'nope.iso', broken]
    const one = isoscopeProcess(['-f', 'ndjson', ...names])
    const two = isoscopeProcess(['-f', 'ndjson', ...names, '--images-at-once', '2'])
    expect(two.code).toBe(2)
    const rows = lines(two.stdout)
    const byImage = (all: readonly Row[]): Map<string, string[]> => {
      const found = new Map<string, string[]>(names.map((name) => [name, []]))
      for (const row of all) found.get(row.image)!.push(JSON.stringify(row))
      return found
    }
    expect(byImage(rows)).toEqual(byImage(lines(one.stdout)))
    const order = rows.map(({ image }) => image).filter((image, index, all) => image !== all[index - 1])
    expect(order).toHaveLength(names.length)
    expect(two.stderr).toContain('isoscope: nope.iso: no such file\n')
  })

  it('goes on when the process of an image is killed', async () => {
    const child = spawn(process.execPath, [BIN, '--files-from', '-', '--images-at-once', '2'], { cwd: IMAGES })
    try {
      let text = ''
      child.stdout.on('data', (piece) => {
        text += piece
      })
      child.stdin.write('mini.iso\nmini-slim.iso\n')
      while (sums(text.endsWith('\n') ? lines(text) : []).size < 2) await once(child.stdout, 'data')
      const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ')
      expect(children).toHaveLength(2)
      for (const pid of children) process.kill(Number(pid), 'SIGKILL')
      child.stdin.end('joliet.iso\ngzip.squashfs\nlz4.erofs\n')
      const [code] = await once(child, 'close')
      const rows = lines(text)
      const lost = rows.filter(({ error }) => error !== undefined)
      // A process that had ended before it was asked is replaced.
      for (const { error } of lost) expect(error!.code).toBe('INTERNAL')
      expect(new Set(rows.map(({ image }) => image))).toEqual(new Set(SIZES.keys()))
      expect(code).toBe(lost.length > 0 ? 2 : 0)
    } finally {
      child.kill()
    }
  })
})

describe('--output-dir', () => {
  it('has one file for each image, whose rows add up, and leaves out what failed', () => {
    const directory = join(work, 'new/results')
    const copy = join(work, 'copy-of-mini.iso')
    copyFileSync(join(IMAGES, 'mini.iso'), copy)
    const names = [...SIZES.keys(), copy, 'nope.iso', broken]
    const { code, stdout, stderr } = isoscope([...names, '--output-dir', directory])
    expect(code).toBe(2)
    const rows = lines<Stored & Row>(stdout)
    const stored = rows.filter(({ error }) => error === undefined)
    expect(stored.map(({ image, size, written }) => [image, size, written])).toEqual([
      ...[...SIZES].map(([name, size]) => [name, size, true]),
      [copy, SIZES.get('mini.iso'), true],
    ])
    expect(rows.filter(({ error }) => error !== undefined).map(({ image }) => image)).toEqual(['nope.iso', broken])
    expect(stderr).toMatch(/nope\.iso: no such file\n.*broken\.iso is cut short/)
    // The copy is the same image.
    expect(readdirSync(directory).sort()).toEqual(
      [...new Set(stored.map(({ identity }) => `${identity}.ndjson`))].sort(),
    )
    expect(readdirSync(directory)).toHaveLength(SIZES.size)
    for (const { file, identity, size } of stored) {
      expect(file).toBe(join(directory, `${identity}.ndjson`))
      expect([...sums(lines(readFileSync(file))).values()]).toEqual([size])
    }
  })

  it('skips with --resume what is there, and writes it anew without', () => {
    const directory = join(work, 'resumed')
    const args = ['mini.iso', 'joliet.iso', '--output-dir', directory]
    const written = (more: readonly string[]): boolean[] =>
      lines<Stored>(isoscope([...args, ...more]).stdout).map((row) => row.written)
    expect(written(['--resume'])).toEqual([true, true])
    const before = readdirSync(directory).map((name) => statSync(join(directory, name)).mtimeMs)
    expect(written(['--resume'])).toEqual([false, false])
    expect(readdirSync(directory).map((name) => statSync(join(directory, name)).mtimeMs)).toEqual(before)
    expect(written([])).toEqual([true, true])
    // Each format has a file of its own.
    expect(written(['--resume', '--json'])).toEqual([true, true])
    expect(readdirSync(directory)).toHaveLength(4)
  })

  it('writes reports that can be read in place of the images', () => {
    const directory = join(work, 'reports')
    const [stored] = lines<Stored>(isoscope(['mini.iso', '--output-dir', directory, '-f', 'json']).stdout)
    const [saved, image] = [stored!.file, 'mini.iso'].map((path) => isoscope(['tree', path]).stdout.toString())
    expect(saved).toBe(image)
    // A report is no image to be counted.
    expect(isoscope([stored!.file, '--output-dir', directory])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is a saved report; the image itself is needed for this'),
    })
  })

  it('has the same name for a URL as for the file, and hides what may be secret', async () => {
    const origin = await serve((request, response) =>
      request.headers.range === undefined ? response.end(IMAGE) : give(request, response),
    )
    const directory = join(work, 'remote')
    const { code, stdout } = await runThere([
      `${origin}/there.iso?secret=1`,
      join(IMAGES, 'mini.iso'),
      '--output-dir',
      directory,
      '--resume',
    ])
    const [there, here] = lines<Stored>(stdout)
    expect(code).toBe(0)
    expect(here!.identity).toBe(there!.identity)
    expect([there!.written, here!.written]).toEqual([true, false])
    expect(there!.image).toBe(`${origin}/there.iso`)
    expect(stdout + readFileSync(there!.file, 'utf8')).not.toContain('secret')
    const two = await runThere([
      '--files-from',
      list([`${origin}/a.iso?secret=1`, `${origin}/a.iso?secret=2`, `${origin}/b.iso`]),
      '--download',
      '--output-dir',
      directory,
      '--resume',
    ])
    expect(lines<Stored>(two.stdout).map(({ image, identity, written }) => [image, identity, written])).toEqual([
      [`${origin}/a.iso`, there!.identity, false],
      [`${origin}/a.iso#2`, there!.identity, false],
      [`${origin}/b.iso`, there!.identity, false],
    ])
  })

  it('removes what killed processes left, after a while, and takes it for no result', () => {
    const directory = join(work, 'left')
    mkdirSync(directory)
    const [stored] = lines<Stored>(isoscope(['joliet.iso', '--output-dir', directory]).stdout)
    rmSync(stored!.file)
    const [old, young] = ['0123456789abcdef', 'fedcba9876543210'].map((end) => `${stored!.file}.${end}.tmp`) as [
      string,
      string,
    ]
    const other = join(directory, 'notes.tmp')
    for (const path of [old, young, other]) writeFileSync(path, 'half of it')
    for (const path of [old, other]) utimesSync(path, 1, 1)
    const again = lines<Stored>(isoscope(['joliet.iso', '--output-dir', directory, '--resume']).stdout)
    expect(again).toEqual([stored])
    expect(
      readdirSync(directory)
        .map((name) => join(directory, name))
        .sort(),
    ).toEqual([stored!.file, young, other].sort())
  })

  it('is written by several processes at once, also if they are killed, and each image counts once', async () => {
    const directory = join(work, 'raced')
    const images = Array.from({ length: 12 }, (_, number) => variant(number))
    const from = list(images)
    const start = (): ReturnType<typeof spawn> =>
      spawn(process.execPath, [BIN, '--files-from', from, '--output-dir', directory, '--resume'], { stdio: 'ignore' })
    for (let kills = 0; kills < 2; kills += 1) {
      const child = start()
      await new Promise((done) => setTimeout(done, 400 + 200 * kills))
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    const both = [start(), start()]
    expect(await Promise.all(both.map((child) => once(child, 'exit')))).toEqual([
      [0, null],
      [0, null],
    ])
    const files = readdirSync(directory).filter((name) => name.endsWith('.ndjson'))
    expect(files).toHaveLength(images.length)
    const found = files.map((name) => sums(lines(readFileSync(join(directory, name)))))
    expect(found.flatMap((sum) => [...sum.keys()]).sort()).toEqual([...images].sort())
    for (const sum of found) expect([...sum.values()]).toEqual([SIZES.get('mini-slim.iso')])
  })
})

/** mini-slim.iso with another content of a file, and the same tables. */
function variant(number: number): string {
  const bytes = readFileSync(join(IMAGES, 'mini-slim.iso'))
  const at = bytes.indexOf('DEFAULT')
  bytes.write(String(number).padStart(7, '0'), at)
  const path = join(work, `variant-${number}.iso`)
  writeFileSync(path, bytes)
  return path
}
