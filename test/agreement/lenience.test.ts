import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isoscope as command } from '../cli/run.ts'
import { describeWith, isCI } from '../oracle.ts'
import { type Case, titleOf } from './lenience/case.ts'
import { document, READERS_OF, type TableFormat } from './lenience/document.ts'
import { iso9660Cases } from './lenience/iso9660-cases.ts'
import { isoscope, type Reader, type Seen, verdict, writeImage } from './lenience/readers.ts'
import { squashfsCases } from './lenience/squashfs-cases.ts'

const CASES: Readonly<Record<TableFormat, readonly Case[]>> = { squashfs: squashfsCases, 'ISO 9660': iso9660Cases }
/** A reader takes a tenth of a second for an image, ten times as long on a busy machine. */
const TIMEOUT = 240_000

let work = ''
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'isoscope-lenience-'))
})
afterAll(() => rmSync(work, { recursive: true, force: true }))

/** Cases by the structure that is changed. */
function byStructure(cases: readonly Case[]): Map<string, Case[]> {
  const groups = new Map<string, Case[]>()
  for (const one of cases) groups.set(one.structure, [...(groups.get(one.structure) ?? []), one])
  return groups
}

/** Compares the verdicts on one reader with the column of the table. */
function measure(cases: readonly Case[], column: number, reader: Reader): void {
  /** What it makes of sound images, most of which are one. */
  const sound = new Map<string, Seen>()
  const soundly = (bytes: Uint8Array): Seen => {
    const key = Buffer.from(bytes).toString('latin1')
    const known = sound.get(key) ?? reader.read(writeImage(work, bytes), work)
    sound.set(key, known)
    return known
  }
  it.each([...byStructure(cases)])('%s', { timeout: TIMEOUT }, (_, group) => {
    const expected: Record<string, string> = {}
    const found: Record<string, string> = {}
    for (const one of group) {
      const wanted = one.readers[column]!
      if (wanted === NOT_SHOWN) continue
      const title = titleOf(one)
      expected[title] = wanted
      const before = soundly(one.sound())
      expect(before.entries.size, title).toBeGreaterThan(0)
      found[title] = verdict(before, reader.read(writeImage(work, one.changed()), work))
    }
    expect(found).toEqual(expected)
  })
}

/** In place of a verdict on what a reader never shows. */
const NOT_SHOWN = '-'

for (const format of ['squashfs', 'ISO 9660'] as const) {
  describe(`fields of ${format} that are wrong`, () => {
    const cases = CASES[format]

    it('are each told apart, and have a verdict on each reader', () => {
      expect(new Set(cases.map(titleOf)).size).toBe(cases.length)
      for (const { readers } of cases) expect(readers).toHaveLength(READERS_OF[format].length)
    })

    it('have a reason where isoscope is stricter than two readers, Linux one of them', () => {
      const linux = READERS_OF[format].findIndex(({ name }) => name === 'Linux')
      const showsAll = (word: string): boolean => word === 'all' || word === 'all, warns'
      const unexplained = cases.filter(
        ({ readers, isoscope: ours, why }) =>
          !showsAll(ours) &&
          why === undefined &&
          (linux < 0 || showsAll(readers[linux]!)) &&
          readers.filter(showsAll).length >= 2,
      )
      expect(unexplained.map(titleOf)).toEqual([])
    })

    it.each([...byStructure(cases)])('isoscope: %s', { timeout: TIMEOUT }, (_, group) => {
      const expected: Record<string, string> = {}
      const found: Record<string, string> = {}
      for (const one of group) {
        const title = titleOf(one)
        const changed = one.changed()
        const shown = isoscope(changed)
        expected[title] = one.isoscope
        found[title] = verdict(isoscope(one.sound()), shown)
        // However wrong it is, the accounts add up to the file.
        if (shown.sum !== undefined) expect(shown.sum, title).toBe(changed.length)
      }
      expect(found).toEqual(expected)
    })

    for (const [column, reader] of READERS_OF[format].entries()) {
      const unavailable = reader.unavailable?.()
      if (unavailable !== undefined) {
        describe.skip(`${reader.name} (${unavailable})`, () => measure(cases, column, reader))
        continue
      }
      describeWith(reader.tools, reader.name, () => {
        const version = reader.versionOf()
        // CI measures every version: a newer reader may answer in another way, and then the table is to say so.
        if (version === reader.version || isCI()) measure(cases, column, reader)
        else
          describe.skip(`(the table has ${reader.version}, this is ${version})`, () => measure(cases, column, reader))
      })
    }
  })
}

it('docs/lenience.md is made from the cases', () => {
  const path = fileURLToPath(new URL('../../docs/lenience.md', import.meta.url))
  const text = document(CASES)
  // UPDATE_EXPECTED=1 rewrites it.
  if (process.env['UPDATE_EXPECTED'] === '1') writeFileSync(path, text)
  expect(readFileSync(path, 'utf8')).toBe(text)
})

it('the command line lists an image whose directory sizes lack the 3, and ends with 0', () => {
  const one = squashfsCases.find(({ change }) => change === 'lacks the 3, of all directories')!
  const names = (image: Uint8Array): string[] => {
    const { code, stdout, stderr } = command(['ls', '-R', writeImage(work, image)])
    expect(code).toBe(0)
    expect(
      stderr
        .trim()
        .split('\n')
        .filter((line) => line !== ''),
    ).toHaveLength(image === sound ? 0 : 1)
    return stdout.toString().split('\n')
  }
  const sound = one.sound()
  expect(names(one.changed())).toEqual(names(sound))
  expect(names(sound)).toContain('/dir/sub/deep')
})
