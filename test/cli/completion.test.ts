import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { installed } from '../tools.ts'
import { BIN, IMAGES, isoscope } from './run.ts'

let work = ''
/** The environment of a user who has isoscope on the PATH, and asked about mini.iso before. */
let env: Record<string, string> = {}

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'isoscope-completion-'))
  mkdirSync(join(work, 'bin'))
  symlinkSync(BIN, join(work, 'bin/isoscope'))
  copyFileSync(join(IMAGES, 'mini.iso'), join(work, 'mini.iso'))
  copyFileSync(join(IMAGES, 'mini-slim.iso'), join(work, 'unknown.iso'))
  env = { PATH: `${join(work, 'bin')}${delimiter}${process.env['PATH']}`, XDG_CACHE_HOME: join(work, 'cache') }
  expect(isoscope(['refs', 'mini.iso', 'boost'], env, work).code).toBe(0)
})
afterAll(() => rmSync(work, { recursive: true, force: true }))

describe('the store paths of a completion', () => {
  const names = (image: string): string[] => {
    const { code, stdout, stderr } = isoscope(['completion', 'bash', '--names', image], env, work)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    return stdout.toString().split('\n').slice(0, -1)
  }

  it('are those of an image in the cache', () => {
    const { storePaths } = JSON.parse(isoscope(['mini.iso', '--json']).stdout.toString()) as {
      storePaths: { name: string }[]
    }
    expect(names('mini.iso').sort()).toEqual([...new Set(storePaths.map(({ name }) => name))].sort())
  })

  it('come from no image', () => {
    execFileSync('mkfifo', [join(work, 'pipe')])
    for (const image of ['unknown.iso', 'pipe', 'nothing']) expect(names(image)).toEqual([])
    // Another file of that name is another image.
    writeFileSync(join(work, 'mini.iso'), 'x')
    expect(names('mini.iso')).toEqual([])
    copyFileSync(join(IMAGES, 'mini.iso'), join(work, 'mini.iso'))
    isoscope(['refs', 'mini.iso', 'boost'], env, work)
    expect(names('mini.iso')).toContain('boost-1.87.0')
  })
})

/** Lines with a cursor at the end, and some of what completes the last word. "<files>" asks the shell for files. */
const LINES: readonly (readonly [readonly string[], readonly string[]])[] = [
  [['ch'], ['check', '<files>']],
  [[''], ['report', 'why-depends', 'completion', '<files>']],
  [['mini.iso', '--so'], ['--sort']],
  [['mini.iso', '-n', '3', '--sort', 'ret'], ['retained']],
  [['mini.iso', '--sort', '=', 're'], ['retained']],
  [
    ['ls', 'mini.iso', '--sort', 's'],
    ['size', 'stored'],
  ],
  [['ls', 'mini.iso', '-n', ''], []],
  [['check', '--config', ''], ['<files>']],
  [['check', 'mini.iso', '--conf'], ['--config']],
  [['why', ''], ['<files>']],
  [['why', 'mini.iso', 'boo'], ['boost-1.87.0']],
  [['why', '-j', '2', 'mini.iso', 'bash', '-e', 'boo'], ['boost-1.87.0']],
  [['why', '--jobs', '=', '2', 'mini.iso', 'boo'], ['boost-1.87.0']],
  [['why', 'mini.iso', 'bash', '--to', 'boo'], ['boost-1.87.0']],
  [['why', 'unknown.iso', 'boo'], []],
  [['tree', 'mini.iso', 'bash', 'boo'], []],
  [['diff', 'mini.iso', ''], ['<files>']],
  [['diff', 'mini.iso', 'unknown.iso', 'boo'], ['boost-1.87.0']],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish', 'powershell'],
  ],
  [['completion', 'bash', ''], []],
  [['cache', '--c'], ['--clear']],
  [['cache', ''], []],
]

describe.skipIf(!installed('bash'))('bash completes', () => {
  it.each(LINES)('isoscope %j', (words, expected) => {
    const script = join(work, 'isoscope.bash')
    writeFileSync(script, isoscope(['completion', 'bash']).stdout)
    // Without a terminal there is no readline, which compopt speaks to.
    const ask = `source "$0"; compopt() { echo '<files>'; }; COMP_WORDS=(isoscope "$@"); COMP_CWORD=$#
      _isoscope; printf '%s\\n' "\${COMPREPLY[@]}"`
    const said = execFileSync('bash', ['--norc', '-c', ask, script, ...words], {
      cwd: work,
      env: { ...process.env, ...env },
    })
    const found = said
      .toString()
      .split('\n')
      .filter((line) => line !== '')
    if (expected.length === 0 || words.at(-1) !== '') expect(found.sort()).toEqual([...expected].sort())
    else expect(found).toEqual(expect.arrayContaining([...expected]))
  })
})
