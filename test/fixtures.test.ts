import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { DISCS, fixtureOf, SQUASHFS } from './cli/hostile-images.ts'

const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url))
const FAILURES = join(FIXTURES, 'failures')

/** File name in fixtures/failures, and what makes its content. UPDATE_EXPECTED=1 rewrites the files. */
const HOSTILE = [
  ...Object.values(DISCS).flatMap((cases) => cases.map((one) => [fixtureOf(one, 'iso'), one.bytes] as const)),
  ...Object.values(SQUASHFS).flatMap((cases) => cases.map((one) => [fixtureOf(one, 'squashfs'), one.bytes] as const)),
]

const NAMES = HOSTILE.map(([name]) => name)

/** Those named by a message; the fuzzer keeps what it finds beside them. */
const stored = (): string[] =>
  (existsSync(FAILURES) ? readdirSync(FAILURES) : []).filter((name) => name.endsWith('.gz'))

if (process.env['UPDATE_EXPECTED'] === '1') {
  for (const name of stored()) if (!NAMES.includes(name)) rmSync(join(FAILURES, name))
  mkdirSync(FAILURES, { recursive: true })
  // Node's gzip header has no time and no name.
  for (const [name, bytes] of HOSTILE) writeFileSync(join(FAILURES, name), gzipSync(bytes(), { level: 9 }))
}

describe('fixtures/failures', () => {
  it('has one file for each hostile image, and no other', () => {
    expect(stored().sort()).toEqual([...NAMES].sort())
  })

  it('is named by messages, not by a word of one', () => {
    expect(NAMES.filter((name) => !/^\w+(-\w+){2,}\.[\w-]+\.(iso|squashfs)\.gz$/.test(name))).toEqual([])
  })

  it.each(HOSTILE)('%s is what it is made by', (name, bytes) => {
    expect(Buffer.compare(gunzipSync(readFileSync(join(FAILURES, name))), bytes())).toBe(0)
  })
})

describe('fixtures', () => {
  it('are less than 4 MiB', () => {
    const files = readdirSync(FIXTURES, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile())
    const bytes = files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0)
    expect(bytes).toBeLessThan(4 << 20)
  })
})
