import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isoscope } from './run.ts'

const ROOT = resolve(import.meta.dirname, '../..')

describe('submit and worker', () => {
  it.each([
    [['submit'], 'submit needs an image, or a list of them: isoscope submit [images..] --files-from LIST'],
    [['submit', 'a.iso'], 'there is no --redis URL, and REDIS_URL is not set'],
    [['submit', 'a.iso', '--attempts', '0'], '--attempts: takes a whole number, 1 or more'],
    [['submit', 'a.iso', '--queue', 'a:b'], '--queue: takes a name without a colon'],
    [
      ['submit', 'a.iso', '--redis', 'http://me:geheim@localhost'],
      '--redis: give redis://HOST:PORT, rediss://HOST:PORT, or the path of a socket from / on',
    ],
    [
      ['submit', 'a.iso', '--redis', 'redis://me:geheim@127.0.0.1:1/2?x=geheim'],
      'redis://127.0.0.1:1/2: nothing answers there',
    ],
    [['submit', 'a.iso', '--redis', '/no/such?password=geheim'], '/no/such: there is no such socket'],
    [['worker'], 'worker needs --output-dir'],
    [['worker', '--output-dir', 'x', '--images-at-once', '0'], '--images-at-once: takes a whole number of processes'],
    [['worker', '--output-dir', 'x', '--summary-every', '-1'], '--summary-every: takes a whole number of seconds'],
    [['worker', '--output-dir', '/dev/null/x', '--redis', '/x'], '/dev/null/x: cannot be written'],
  ])('refuses %j', (args, message) => {
    const { code, stdout, stderr } = isoscope(args, { REDIS_URL: '' })
    expect({ code, stdout: stdout.toString() }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(message)
    expect(stderr).not.toContain('geheim')
    expect(stderr).not.toContain('    at ')
  })
})

describe('without the packages of a queue', () => {
  const work = mkdtempSync(join(tmpdir(), 'isoscope-alone-'))
  beforeAll(() => {
    // What is installed without them.
    for (const name of ['bin', 'dist', 'package.json']) cpSync(join(ROOT, name), join(work, name), { recursive: true })
    const modules = join(work, 'node_modules')
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { dependencies: object }
    cpSync(join(ROOT, 'node_modules/yargs'), join(modules, 'yargs'), { recursive: true })
    for (const name of Object.keys(dependencies)) {
      if (name !== 'yargs') symlinkSync(join(ROOT, 'node_modules', name), join(modules, name))
    }
  })
  afterAll(() => rmSync(work, { recursive: true }))

  it.each([
    ['submit', 'a.iso'],
    ['worker', '--output-dir', 'x'],
  ])('says how to install them: %s', (...args) => {
    const run = spawnSync(process.execPath, [join(work, 'bin/isoscope.js'), ...args, '--redis', 'redis://localhost'])
    expect({ code: run.status, stdout: run.stdout.toString(), stderr: run.stderr.toString() }).toEqual({
      code: 2,
      stdout: '',
      stderr: 'isoscope: a queue needs two packages beside isoscope: npm install bullmq ioredis\n',
    })
  })

  it('has all other commands', () => {
    const run = spawnSync(process.execPath, [join(work, 'bin/isoscope.js'), join(ROOT, 'fixtures/images/joliet.iso')])
    expect(run.status).toBe(0)
  })
})
