import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Prints which files of the bundle came from compiled code, after a run of `isoscope --version`. */
const PROBE = `
  const { load, loaded } = require('./bin/load.js').loader()
  load('main.cjs').main(['--version']).then(() => {
    for (const [name, { script }] of loaded) console.log(name, script.cachedDataRejected)
  })`

describe('bin/load.js', () => {
  let copy: string
  const probe = () => spawnSync(process.execPath, ['-e', PROBE], { cwd: copy, encoding: 'utf8' })

  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'isoscope-load-'))
    for (const name of ['bin', 'dist/cli', 'package.json'])
      cpSync(join(ROOT, name), join(copy, name), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  })
  afterAll(() => rmSync(copy, { recursive: true }))

  it('runs from the compiled code that the build made', () => {
    const { stdout } = probe()
    expect(stdout).toContain('main.cjs false')
    expect(stdout).not.toContain('true')
  })

  it('compiles what has no compiled code, or some that is not for it', () => {
    const cache = join(copy, 'dist/cli', `code-cache-${process.version}-${process.arch}`)
    for (const name of readdirSync(cache)) writeFileSync(join(cache, name), 'not code')
    expect(probe().stdout).toContain('main.cjs true')
    rmSync(cache, { recursive: true })
    const { stdout, stderr } = probe()
    expect(stdout).toMatch(/^isoscope \d/)
    expect(stdout).toContain('main.cjs undefined')
    expect(stderr).toBe('')
  })
})
