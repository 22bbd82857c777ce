import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { COMMAND_LINES } from './command-lines.ts'
import { isoscope } from './run.ts'

/** Scripts that no terminal shows. */
const SCRIPTS = (['bash', 'zsh', 'fish', 'powershell'] as const).map(
  (shell) => [`completion.${shell}`, 'completion', shell] as const,
)

it('the build makes the manual page that fixtures/expected shows', () => {
  const made = readFileSync(new URL('../../dist/isoscope.1', import.meta.url), 'utf8')
  const path = fileURLToPath(new URL('../../fixtures/expected/isoscope.1', import.meta.url))
  if (process.env['UPDATE_EXPECTED'] === '1') writeFileSync(path, made)
  expect(made).toBe(readFileSync(path, 'utf8'))
})

describe('command lines print what fixtures/expected shows', () => {
  it.each<readonly [string, ...string[]]>([...COMMAND_LINES, ...SCRIPTS])('%s', (name, ...args) => {
    const { code, stdout, stderr } = isoscope(args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const path = fileURLToPath(new URL(`../../fixtures/expected/${name}`, import.meta.url))
    if (process.env['UPDATE_EXPECTED'] === '1') writeFileSync(path, stdout)
    expect(stdout.toString()).toBe(readFileSync(path, 'utf8'))
  })
})
