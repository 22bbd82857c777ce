import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openImage } from '../../src/images/open-image.ts'
import { squashfsOf } from '../parsers/squashfs/writer.ts'
import { isoscope, type Said } from './run.ts'

const DIGITS = '0123456789abcdfghijklmnpqrsvwxyz'
const pathOf = (index: number, name: string): string => `${DIGITS[index]!.repeat(32)}-${name}`
const [TOP, APP, LIB, DOC, GONE] = ['nixos-system-test', 'app-1.0', 'lib-2.0', 'doc', 'gone-3'].map((name, index) =>
  pathOf(index, name),
) as [string, string, string, string, string]

const HEX = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
const BASE32 = '0mdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73'
const BASE64 = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='

/** Contents by store path; the references they have are top -> app -> lib, and top -> doc. */
const CONTENTS: readonly (readonly [string, string])[] = [
  [`${TOP}/activate`, `/nix/store/${APP}/bin/app\n/nix/store/${DOC}\n`],
  [`${APP}/bin/app`, `needs /nix/store/${LIB}/lib/lib.so\n`],
  [`${LIB}/lib/lib.so`, 'no reference, but long enough to be looked through for one\n'],
  [DOC, 'a store path that is a file, and refers to nothing whatever it says\n'],
]

interface Fields {
  readonly hash?: string
  readonly size?: string
  readonly count?: number
}

function record(path: string, references: readonly string[], fields: Fields = {}): string {
  const { hash = `sha256:${BASE32}`, size = '120', count = references.length } = fields
  const full = [path, ...references].map((base) => `/nix/store/${base}`)
  return [full[0], hash, size, '', count, ...full.slice(1), ''].join('\n')
}

/** A registration, of whose second record something may be other than it should be. */
function registration(fields: Fields = {}, references: readonly string[] = [LIB]): string {
  return record(TOP, [APP, DOC]) + record(APP, references, fields) + record(LIB, []) + record(DOC, [])
}

describe('a registration', () => {
  let work = ''
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-registration-'))
  })
  afterAll(() => rmSync(work, { recursive: true, force: true }))

  /** A squashfs of the store paths with such a registration, or with none. */
  function imageWith(
    text: string | undefined,
    name = 'image.squashfs',
    options: Parameters<typeof squashfsOf>[1] = {},
  ): string {
    const image = join(work, name)
    const files = Object.fromEntries([...CONTENTS, ...(text === undefined ? [] : [['nix-path-registration', text]])])
    writeFileSync(image, squashfsOf(files, options))
    return image
  }

  /** The questions of which each test asks all, and what they answer by rights. */
  const QUESTIONS: readonly (readonly [readonly [string, ...string[]], number, RegExp])[] = [
    [['report'], 0, /app-1\.0 +nixos-system-test\n/],
    [['why', 'lib'], 0, /^nixos-system-test .*\n└─ app-1\.0 +activate\n {3}└─ lib-2\.0 +bin\/app\n/m],
    [
      ['why-depends', 'lib'],
      0,
      /nixos-system-test\n└───\/nix\/store\/\S+-app-1\.0\n {4}└───\/nix\/store\/\S+-lib-2\.0\n/,
    ],
    [['why-depends', 'doc', 'lib'], 1, /^$/],
  ]

  function ask(image: string, [command, ...names]: readonly [string, ...string[]], ...options: string[]): Said {
    const said = isoscope([command, image, ...names, ...options])
    expect(said.stderr).not.toMatch(/^ {4}at |Error:/m)
    return said
  }

  /** Sentences of ours on stderr, without Nix's. */
  const sentences = ({ stderr }: Said): string[] => stderr.split('\n').filter((line) => line.startsWith('isoscope: '))

  it.each<[string, string, RegExp]>([
    [
      'cut off inside a record',
      registration().slice(0, registration().indexOf(LIB)),
      /line 13 at 0x[0-9a-f]+: is not a store path, .*; found "\/nix\/store\/"/,
    ],
    [
      'cut off after a path',
      `${record(TOP, [APP, DOC])}/nix/store/${APP}\n`,
      /line 9 at 0x[0-9a-f]+: ends where a hash should be/,
    ],
    [
      'too small a count',
      registration({ count: 0 }),
      /line 13 at 0x[0-9a-f]+: is not a SHA-256, .*; found "sha256|line 14 at 0x[0-9a-f]+: is not a SHA-256/,
    ],
    [
      'too large a count',
      registration({ count: 3 }),
      /line \d+ at 0x[0-9a-f]+: is not a store path, .*; found "sha256:/,
    ],
    ['CRLF', registration().replaceAll('\n', '\r\n'), /line 1 at 0x0: the line ends with a carriage return/],
    [
      'a hash of the wrong length',
      registration({ hash: `sha256:${HEX.slice(1)}` }),
      /line 9 at 0x[0-9a-f]+: is not a SHA-256, .*; found "sha256:3b0c/,
    ],
    [
      'no number for the size',
      registration({ size: 'many' }),
      /line 10 at 0x[0-9a-f]+: is not a size, .*; found "many"/,
    ],
    ['something else', 'hello\n', /line 1 at 0x0: is not a store path, .*; found "hello"/],
    ['nothing in it', '', /nix-path-registration at 0x0: registers no store path/],
  ])('with %s: a scan takes its place, and it is told why', (_, text, sentence) => {
    const image = imageWith(text)
    for (const [question, code, answer] of QUESTIONS) {
      const said = ask(image, question)
      expect(said.code).toBe(code)
      expect(said.stdout.toString()).toMatch(answer)
      const [told, ...more] = sentences(said)
      expect(more).toEqual([])
      expect(told).toMatch(/^isoscope: nix-path-registration in .*\/image\.squashfs: nix-path-registration/)
      expect(told).toMatch(sentence)
      expect(told).toContain(', so the references come from a scan')
      if (question[0] === 'report') expect(said.stdout.toString()).toContain('references from a scan for store hashes')
      // It is not what is asked for.
      const refused = ask(image, question, '--references', 'registration')
      expect(refused).toMatchObject({ code: 2, stdout: Buffer.alloc(0) })
      expect(refused.stderr).toBe(`${told!.replace(', so the references come from a scan', '')}\n`)
    }
  })

  it.each<[string, string, readonly RegExp[]]>([
    ['hashes with their name', registration({ hash: `sha256:${HEX}` }), []],
    ['hexadecimal hashes', registration({ hash: HEX }), []],
    ['base32 hashes', registration({ hash: BASE32 }), []],
    ['SRI hashes', registration({ hash: `sha256-${BASE64}` }), []],
    ['zeros for hash and size', registration({ hash: '0'.repeat(64), size: '0' }), []],
    [
      'no end of line at the end',
      record(LIB, []) + record(TOP, [APP, DOC]) + record(DOC, []) + record(APP, [LIB]).trimEnd(),
      [],
    ],
    ['a path twice, the second time right', record(APP, [DOC]) + registration(), []],
    [
      'a reference to what is not there',
      registration({}, [LIB, GONE]),
      [new RegExp(`refers to a path that is neither registered nor in the image; found "${GONE}"`)],
    ],
    [
      'a path that is not there',
      registration({}, [LIB, GONE]) + record(GONE, []),
      [new RegExp(`registers a path that is not in the image; found "${GONE}"`)],
    ],
    [
      'a path left out',
      record(TOP, [APP, DOC]) + record(APP, [LIB]) + record(DOC, []),
      [new RegExp(`lacks a path that is in the image; found "${LIB}"`)],
    ],
  ])('with %s: is good enough', (_, text, warnings) => {
    const image = imageWith(text)
    for (const [question, code, answer] of warnings.length > 0 ? QUESTIONS : QUESTIONS.slice(1, 2)) {
      const said = ask(image, question)
      expect(said.code).toBe(code)
      expect(said.stdout.toString()).toMatch(answer)
      if (question[0] === 'why') expect(said.stdout.toString()).toContain('references from nix-path-registration')
      expect(sentences(said)).toHaveLength(warnings.length)
      for (const [index, warning] of warnings.entries()) expect(sentences(said)[index]).toMatch(warning)
    }
  })

  it('with too much of one kind that is wrong: the first twenty are told, and how many more there are', () => {
    const gone = Array.from({ length: 25 }, (_, index) => pathOf(index + 5, 'gone'))
    const said = ask(imageWith(registration({}, [LIB, ...gone])), ['report'])
    expect(said.code).toBe(0)
    expect(sentences(said)).toHaveLength(20)
    expect(sentences(said).at(-1)).toContain('nor in the image, and 5 more; found')
  })

  it('of several systems names them all, to choose from too', () => {
    const others = Array.from({ length: 30 }, (_, n) => `${String(n).padStart(32, '0')}-nixos-system-other-${n}`)
    const image = (count: number) =>
      imageWith(
        registration() +
          others
            .slice(0, count)
            .map((base) => record(base, []))
            .join(''),
        'several.squashfs',
      )
    const roots = (told: Said): string[] =>
      told.stdout
        .toString()
        .split('\n')
        .filter((line) => line.startsWith('roots: ') || line.startsWith('       '))
        .map((line) => line.slice(7))
    const system = (base: string): string => `${base.slice(33)} (a NixOS system)`
    expect(roots(ask(image(1), ['report']))).toEqual([system(others[0]!), system(TOP)])
    const question = ask(image(1), ['why-depends', 'lib'])
    expect(question.code).toBe(2)
    expect(question.stderr).toContain(
      `several.squashfs: it has several systems to begin at; give one of its roots: why-depends IMAGE FROM TO\n  /nix/store/${others[0]}\n  /nix/store/${TOP}\n`,
    )
    const many = image(30)
    expect(roots(ask(many, ['report'])).slice(-2)).toEqual([system(others[8]!), 'and 21 more (--json has all)'])
    expect(ask(many, ['why-depends', 'lib']).stderr).toMatch(/\n {2}and 11 more\n$/)
  })

  it('that is not there: a scan takes its place, and the answer says so', () => {
    const image = imageWith(undefined)
    for (const [question, code, answer] of QUESTIONS) {
      const said = ask(image, question)
      expect(said.code).toBe(code)
      // The others say it on stdout, where why-depends has what Nix prints.
      const note = 'isoscope: references from a scan for store hashes'
      expect(sentences(said)).toEqual(question[0] === 'why-depends' ? [note] : [])
      expect(said.stdout.toString()).toMatch(answer)
      expect(ask(image, question, '--references', 'registration')).toMatchObject({
        code: 2,
        stderr: `isoscope: ${image}: there is no nix-path-registration in it\n`,
      })
    }
  })

  describe('and a file that cannot be read', () => {
    let image = ''
    let stored = 0
    /** The stored block of the app's only file. */
    beforeAll(() => {
      image = imageWith(registration(), 'damaged.squashfs', { fragments: false })
      const bytes = readFileSync(image)
      const open = openImage(image)
      const entry = open.image.tree.entries.find(({ name }) => name === 'app')!
      const [run] = [...open.image.runs(entry)]
      expect(run!.codec).toBe('zlib')
      stored = run!.offset
      bytes.fill(0xff, run!.offset, run!.offset + run!.storedLength)
      open.close()
      writeFileSync(image, bytes)
    })
    const unread = `${APP}/bin/app is not scanned in full: `

    it.each<[string, readonly [string, ...string[]], number]>([
      ['the report, which is of all', ['report'], 2],
      ['the tree, which is of all', ['tree'], 2],
      ['why, for the file may refer to it', ['why', 'doc'], 2],
      ['what refers to a path, for the file may', ['referrers', 'doc'], 2],
      ['what the path refers to', ['refs', 'app'], 2],
      ['what another path refers to', ['refs', 'nixos-system'], 0],
      ['a path that depends on another by what was read', ['why-depends', 'nixos-system', 'doc'], 2],
      ['a path that does not, and is not on the way', ['why-depends', 'doc', 'lib'], 1],
      ['a path that may', ['why-depends', 'nixos-system', 'lib'], 2],
    ])('by a scan: %s', (_, question, code) => {
      const said = ask(image, question, '--references', 'scan')
      expect(said.code).toBe(code)
      expect(sentences(said)[0]).toContain(unread)
      // Of what the decoder found, where that is in the file.
      expect(sentences(said)[0]).toMatch(new RegExp(`damaged.squashfs: data block at 0x${stored.toString(16)}: `))
      const text = said.stdout.toString()
      const isUncertain = code === 2 && text === ''
      const limit = isUncertain ? ', as far as it could be read' : ''
      expect(sentences(said).slice(1).join()).toMatch(new RegExp(`^$|refers to no other store path${limit}$`))
      if (text !== '' && question[0] !== 'why-depends') {
        const rest = `references from a scan for store hashes${code === 2 ? ', as far as it could be read' : ''}\n`
        expect(text.replaceAll(/\n +/g, ' ')).toContain(rest)
      }
      // What is known is told all the same.
      expect(said.stdout.length > 0 || /refers to no other|does not depend on/.test(said.stderr)).toBe(true)
    })

    it.each<[string, readonly [string, ...string[]], number, boolean]>([
      ['the report', ['report'], 0, false],
      ['why, not by way of the file', ['why', 'doc'], 0, false],
      ['why, by way of the file', ['why', 'lib'], 2, true],
      ['why-depends', ['why-depends', 'lib'], 0, false],
      ['why-depends, precisely', ['why-depends', 'lib', '--precise'], 2, true],
      ['why-depends, precisely, not by way of the file', ['why-depends', 'doc', '--precise'], 0, false],
    ])('by the registration: %s', (_, question, code, isTold) => {
      const said = ask(image, question, '--references', 'registration')
      expect(said.code).toBe(code)
      expect(sentences(said)).toHaveLength(isTold ? 1 : 0)
      if (isTold) expect(said.stderr).toContain(`${APP}/bin/app cannot be read in full: `)
      expect(said.stdout.length).toBeGreaterThan(0)
      if (question[0] === 'why' && isTold) {
        expect(said.stdout.toString()).toMatch(/└─ lib-2\.0 +in what cannot be read of it\n/)
      }
    })

    it('by the registration, in JSON, which tells of mentions everywhere', () => {
      const said = ask(image, ['why', 'doc'], '--json')
      expect(said.code).toBe(2)
      expect(said.stderr).toContain(unread)
      expect(JSON.parse(said.stdout.toString())).toMatchObject({ storePaths: [{ unregisteredMentions: [] }] })
    })
  })

  it('is of another store directory, and every output says so', () => {
    const elsewhere = (text: string): string => text.replaceAll('/nix/store/', '/gnu/store/')
    const image = imageWith(elsewhere(registration()), 'elsewhere.squashfs')
    const saved = join(work, 'elsewhere.json')
    const text = (...args: string[]): string => isoscope(args).stdout.toString()
    expect(isoscope([image, '-o', saved]).code).toBe(0)
    for (const file of [image, saved]) {
      for (const args of [
        [file, '--full-paths'],
        [file, '--json'],
        [file, '-f', 'csv'],
        ['tree', file, '--full-paths'],
        ['why', file, 'lib', '--full-paths'],
        ['diff', file, file, 'doc', '--json'],
      ]) {
        expect(text(...args)).toContain('/gnu/store/')
        expect(text(...args)).not.toContain('/nix/store/')
      }
    }
    const { rows } = JSON.parse(text('diff', imageWith(registration(), 'here.squashfs'), saved, '--json')) as {
      rows: { oldPath?: string; newPath?: string }[]
    }
    for (const { oldPath, newPath } of rows) {
      expect(oldPath ?? '/nix/store/').toMatch(/^\/nix\/store\//)
      expect(newPath ?? '/gnu/store/').toMatch(/^\/gnu\/store\//)
    }
  })
})
