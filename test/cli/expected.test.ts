import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { COMMAND_LINES } from './command-lines.ts'
import { isoscope } from './run.ts'

describe('command lines print what fixtures/expected shows', () => {
  it.each(COMMAND_LINES)('%s', (name, ...args) => {
    const { code, stdout, stderr } = isoscope(args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const path = fileURLToPath(new URL(`../../fixtures/expected/${name}`, import.meta.url))
    if (process.env['UPDATE_EXPECTED'] === '1') writeFileSync(path, stdout)
    expect(stdout.toString()).toBe(readFileSync(path, 'utf8'))
  })
})
