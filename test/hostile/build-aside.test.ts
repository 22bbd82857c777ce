import { spawn } from 'node:child_process'
import { appendFileSync, cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { IMAGES } from '../cli/run.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const BUILT = [
  'LICENSE',
  'bin',
  'parsers',
  'scripts',
  'src',
  'package.json',
  'tsconfig.json',
  'fixtures/images/mini.iso',
]
const BUILDS = 2

interface Ended {
  readonly code: number | null
  readonly stderr: string
}

describe('a build', () => {
  let copy = ''
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'isoscope-build-'))
    for (const name of BUILT) cpSync(join(ROOT, name), join(copy, name), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  })
  afterAll(() => rmSync(copy, { recursive: true, force: true }))

  const run = (...args: string[]): Promise<Ended> =>
    new Promise((resolve) => {
      const env = { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', XDG_CACHE_HOME: '/dev/null' }
      const child = spawn(process.execPath, args, { cwd: copy, env, stdio: ['ignore', 'ignore', 'pipe'] })
      let stderr = ''
      child.stderr.on('data', (piece: Buffer) => {
        stderr += piece.toString()
      })
      child.on('close', (code) => resolve({ code, stderr }))
    })

  it('breaks no command that runs meanwhile, and leaves only its own files', { timeout: 300_000 }, async () => {
    const image = join(IMAGES, 'mini.iso')
    const commands = [
      ['report', image, '--references', 'scan', '--jobs', '2'],
      ['why', image, 'boost'],
      ['diff', image, image],
      ['ls', '--help'],
    ]
    expect(await run('scripts/build.js')).toEqual({ code: 0, stderr: '' })
    const listed = (): string[] => readdirSync(join(copy, 'dist/cli'))
    const first = listed()
    let building = true
    const builds = (async () => {
      for (let build = 0; build < BUILDS; build += 1) {
        // Every file of the bundle that holds it, or loads one that does, gets another name.
        appendFileSync(join(copy, 'src/images/open-image.ts'), `\nReflect.set(globalThis, 'build', ${build})\n`)
        expect(await run('scripts/build.js')).toEqual({ code: 0, stderr: '' })
      }
    })().finally(() => {
      building = false
    })
    let runs = 0
    while (building) {
      const ended = await run('bin/isoscope.js', ...commands[runs % commands.length]!)
      expect(ended).toEqual({ code: 0, stderr: '' })
      runs += 1
    }
    await builds
    expect(runs).toBeGreaterThan(BUILDS * 2)
    // The files of the build before the last are kept, for a command that still runs; older ones are not.
    const gone = first.filter((name) => !listed().includes(name))
    expect(gone.length).toBeGreaterThan(0)
    expect(readdirSync(copy).filter((name) => name.startsWith('dist'))).toEqual(['dist'])
  })
})
