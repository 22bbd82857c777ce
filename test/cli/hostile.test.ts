import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { expectToSurvive } from './hostile.ts'
import { DISCS, type Hostile, SQUASHFS } from './hostile-images.ts'
import { isoscope } from './run.ts'

const folder = mkdtempSync(join(tmpdir(), 'isoscope-hostile-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** One of each kind; test/hostile has all of them, each in a process with little memory and time. */
const oneOfEach = (kinds: Readonly<Record<string, readonly Hostile[]>>): [string, Hostile][] =>
  Object.entries(kinds).map(([kind, [first]]) => [kind, first!])

describe('hostile discs', () => {
  it.each(oneOfEach(DISCS))('%s', async (_, hostile) => {
    await expectToSurvive(hostile, 'iso', folder, (args) => isoscope(args, {}, folder))
  })
})

describe('hostile squashfs', () => {
  it.each(oneOfEach(SQUASHFS))('%s', async (_, hostile) => {
    await expectToSurvive(hostile, 'squashfs', folder, (args) => isoscope(args, {}, folder))
  })
})

it('have names of their own', () => {
  for (const kinds of [DISCS, SQUASHFS]) {
    const names = Object.values(kinds).flatMap((cases) => cases.map(({ name }) => name))
    expect(names.length).toBeGreaterThan(20)
    expect(new Set(names).size).toBe(names.length)
  }
})
