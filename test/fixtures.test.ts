import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url))

describe('fixtures', () => {
  it('are less than 4 MiB, and what commands print less than 300 KB', () => {
    const files = readdirSync(FIXTURES, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile())
    const bytesOf = (some: typeof files): number =>
      some.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0)
    const isExpected = ({ parentPath }: (typeof files)[number]): boolean => parentPath === join(FIXTURES, 'expected')
    expect(bytesOf(files.filter((file) => !isExpected(file)))).toBeLessThan(4 << 20)
    expect(bytesOf(files.filter(isExpected))).toBeLessThan(300_000)
  })

  it('of failures are what the fuzzer found, and nothing that the tests make', () => {
    const failures = readdirSync(join(FIXTURES, 'failures'))
    expect(failures.filter((name) => !/^found-[0-9a-f]{8}\.img$/.test(name))).toEqual([])
    expect(failures.length).toBeGreaterThan(0)
  })
})
