import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isoscope } from './run.ts'

const schema = JSON.parse(readFileSync(new URL('../../schemas/config.json', import.meta.url), 'utf8')) as object
const validate = new Ajv2020({ strict: true, strictRequired: false }).compile(schema)

const CHECK = ['check', 'mini.iso', '--max', '2MiB', '--max', 'initrd=60K', '--forbid', 'boost-*', '--forbid', '*-dev']

describe('isoscope check', () => {
  let work = ''
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-check-'))
  })
  afterAll(() => rmSync(work, { recursive: true }))

  const config = (json: unknown): string => {
    const path = join(work, 'isoscope.config.json')
    writeFileSync(path, typeof json === 'string' ? json : JSON.stringify(json))
    return path
  }
  const ask = (...args: string[]) => {
    const { code, stdout, stderr } = isoscope(args)
    return { code, stdout: stdout.toString(), stderr }
  }

  it('says that a system, a farm or a text is no package', () => {
    const { code, stdout } = ask('check', 'mini.iso', '--no-duplicates', 'etc')
    expect(code).toBe(2)
    expect(stdout).toMatch(/^ {2}SKIP {2}duplicates etc {2}what 'etc' matches is no package\n/)
  })

  it('shows what passed and what failed, and ends with 1', () => {
    const { code, stdout, stderr } = ask(...CHECK)
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(stdout).toMatch(/^ {2}PASS {2}image +2\.0 MiB ≤ 2\.0 MiB\n {2}FAIL {2}initrd +107\.9 KiB > 60\.0 KiB\n/)
    expect(stdout).toContain('\n          2 copies: boot 66.8 KiB, nix-store.squashfs 41.1 KiB\n')
    expect(stdout).toMatch(
      /\n {10}boost-1\.87\.0 78\.5 KiB ← nix-util-2\.31\.2 ← nix-2\.31\.2 ← .* ← nixos-system-nixos-26\.11pre-git\n/,
    )
    expect(stdout).toMatch(/\n {2}PASS {2}forbid \*-dev +none\nFAIL {2}2 passed, 2 failed\n$/)
  })

  it('shows the rules that are asked for, and judges all', () => {
    const { code, stdout } = ask(...CHECK, '-s', 'value', '-n', '2')
    expect(code).toBe(1)
    expect(stdout).toMatch(
      /^ {2}PASS {2}image .*\n {2}FAIL {2}initrd .*\n.*\n {8}\[2 more rules\] -n 0 shows all\nFAIL {2}2 passed, 2 failed\n$/,
    )
    expect(ask(...CHECK, '--min', '1MiB').stdout).toMatch(/\n {8}\[1 more rule\] --min 0 shows all\nFAIL {2}2 passed/)
    const rows = ask(...CHECK, '-s', 'value', '-n', '2', '-f', 'csv')
      .stdout.trim()
      .split('\r\n')
    expect(rows.slice(1).map((row) => row.split(',')[2])).toEqual(['image', 'initrd', 'forbid boost-*', 'forbid *-dev'])
    expect(ask(...CHECK, '-s', 'size').stderr).toBe("isoscope: -s: 'size' is none of status, name, value\n")
  })

  it('ends with 0 when all is within limits, and with 2 when something cannot be measured', () => {
    expect(ask('check', 'mini.iso', '--max', '3MiB')).toMatchObject({
      code: 0,
      stdout: '  PASS  image  2.0 MiB ≤ 3.0 MiB, 1.0 MiB below the limit\nPASS  1 passed, 0 failed\n',
    })
    expect(ask('check', 'mini.iso', '--max', '3MiB', '--max-growth', '1K')).toMatchObject({
      code: 2,
      stdout: expect.stringMatching(
        / {2}ERROR {2}image growth {2}there is no base to compare with\nERROR {2}1 passed, 0 failed, 1 not measured\n$/,
      ),
    })
    expect(ask('check', 'mini.iso', '--max-growth', '1K', '--base', 'nope.iso')).toMatchObject({ code: 2, stdout: '' })
  })

  it('tells what matches nothing from what cannot be measured, in every format', () => {
    const rules = ['check', 'mini.iso', '--max', 'path:nothing-*=1K', '--max', '3MiB']
    expect(ask(...rules)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^ {2}SKIP {2}path:nothing-\* {2}no store path matches 'nothing-\*'\n/),
    })
    const both = [...rules, '--max-growth', '1K', '--forbid', 'boost-*']
    const { code, stdout } = ask(...both)
    expect(code).toBe(2)
    expect(stdout).toMatch(
      /^ {2}SKIP {3}path:nothing-\* [\s\S]*\n {2}ERROR {2}image growth [\s\S]*\n {2}FAIL {3}forbid /,
    )
    expect(stdout).toMatch(/\nERROR {2}1 passed, 1 failed, 1 skipped, 1 not measured\n$/)
    const { verdict, results } = JSON.parse(ask(...both, '--json').stdout) as {
      verdict: string
      results: { status: string }[]
    }
    expect([verdict, ...results.map(({ status }) => status)]).toEqual([
      'unmeasured',
      'skip',
      'pass',
      'unmeasured',
      'fail',
    ])
    const markdown = ask(...both, '-f', 'md').stdout
    expect(markdown).toContain(' ❌ over the limits, ⚠️ not all could be measured\n')
    expect(markdown).toContain("| skip | path:nothing-\\* | no store path matches 'nothing-\\*' |")
    expect(markdown).toContain('| ⚠️ unmeasured | image growth | there is no base to compare with |')
  })

  it('tells sizes that read alike in bytes', () => {
    expect(ask('check', 'mini.iso', '--max', '2097151').stdout).toMatch(
      /FAIL {2}image {2}2,097,152 > 2,097,151 bytes\n/,
    )
  })

  it('takes a saved report for the image and for the base', () => {
    const [image, base] = ['image.json', 'base.json.gz'].map((name) => join(work, name))
    expect(isoscope(['mini.iso', '-o', image!]).code).toBe(0)
    expect(isoscope(['mini-slim.iso', '-o', base!]).code).toBe(0)
    const rules = [
      '--max-growth',
      '5K',
      '--max-growth-percent',
      'squashfs=10',
      '--forbid',
      'boost*',
      '--no-duplicates',
      'nix',
    ]
    const fromReports = ask('check', image!, '--base', base!, ...rules)
    expect(fromReports).toEqual(ask('check', 'mini.iso', '--base', 'mini-slim.iso', ...rules))
    expect(fromReports.code).toBe(1)
  })

  it('reads rules from a configuration, which fits the schema', () => {
    const rules = {
      $schema: 'https://example.org/config.json',
      limits: [
        { max: '1MiB' },
        { what: 'group:nix', max: 100_000 },
        { what: 'path:boost*', max: '1M', maxGrowthPercent: 2 },
      ],
      groups: { nix: ['nix-*', 'nixos-manual*'] },
      forbid: [
        '*-dev',
        { match: 'boost-*', reason: 'too large', except: ['boost-2*', { match: 'boost-1.87*', until: '2020-01-01' }] },
      ],
      noDuplicates: ['systemd'],
    }
    expect(validate(rules), JSON.stringify(validate.errors)).toBe(true)
    const { code, stdout } = ask('check', 'mini.iso', '--config', config(rules), '--json')
    const { results } = JSON.parse(stdout) as {
      results: { name: string; status: string; value: number; note: string }[]
    }
    expect(code).toBe(2)
    expect(results.map(({ name, status }) => `${name}: ${status}`)).toEqual([
      'image: fail',
      'group:nix: fail',
      'path:boost*: pass',
      'path:boost* growth: unmeasured',
      'forbid *-dev: pass',
      'forbid boost-*: fail',
      'duplicates systemd: pass',
    ])
    expect(results[5]).toMatchObject({ value: 1, note: 'the exception for boost-1.87* has expired' })
  })

  it.skipIf(process.platform === 'win32')('reads no configuration that has no end', () => {
    const pipe = join(work, 'pipe')
    execFileSync('mkfifo', [pipe])
    for (const [path, what] of [
      [pipe, /pipe: is a named pipe, not a regular file/],
      ['/dev/zero', /zero: is a device, not a regular file/],
      [join(work, 'none.json'), /none\.json: no such file/],
    ] as const) {
      const { code, stderr } = ask('check', 'mini.iso', '--config', path)
      expect(stderr).toMatch(what)
      expect(code).toBe(2)
    }
  })

  it('finds the configuration in a directory above', () => {
    config({ limits: [{ max: 1 }] })
    const below = join(work, 'a', 'b')
    mkdirSync(below, { recursive: true })
    const mini = new URL('../../fixtures/images/mini.iso', import.meta.url).pathname
    expect(isoscope(['check', mini], {}, below)).toMatchObject({ code: 1 })
  })

  it.each([
    [{ limts: [] }, /isoscope\.config\.json: limts is not a known key; did you mean "limits"\?/],
    [{ max: '1M' }, /max is not a known key; known are \$schema, defaults, limits, groups, forbid, noDuplicates$/m],
    [{ limits: [{ maxx: '1M' }] }, /limits\[0\]\.maxx is not a known key; did you mean "max"\?/],
    [{ limits: [{ what: 'image' }] }, /limits\[0\] has no max, maxGrowth or maxGrowthPercent/],
    [{ limits: [{ max: '1X' }] }, /limits\[0\]\.max must be a size/],
    [{ limits: [{ max: -1 }] }, /limits\[0\]\.max must be a size/],
    [{ limits: [{ what: 'initrid', max: 1 }] }, /limits\[0\]\.what: "initrid" is none of .*; did you mean "initrd"\?/],
    [
      { limits: [{ what: 'group:dosc', max: 1 }], groups: { docs: [] } },
      /there is no group "dosc"; did you mean "docs"\?/,
    ],
    [{ limits: {} }, /limits must be a list/],
    [{ forbid: ['package:vim'] }, /forbid\[0\] begins with "package:", which is for limits; write the name alone/],
    [{ forbid: [{ reason: 'x' }] }, /forbid\[0\] has no match/],
    [
      { forbid: [{ match: 'x', except: [{ match: 'y', until: 'tomorrow' }] }] },
      /forbid\[0\]\.except\[0\]\.until must be a valid date/,
    ],
    [
      { forbid: [{ match: 'x', except: [{ match: 'y', until: '2027-02-30' }] }] },
      /forbid\[0\]\.except\[0\]\.until must be a valid date/,
    ],
    [{ forbid: ['*x'.repeat(35_000)] }, /forbid\[0\] has 70000 characters; the limit is 1000/],
    [{ groups: { docs: ['x'.repeat(1001)] } }, /groups\.docs\[0\] has 1001 characters/],
    [{ limits: [{ what: `path:${'x'.repeat(1001)}`, max: 1 }] }, /limits\[0\]\.what: the pattern has 1001 characters/],
    [
      { limits: [{ what: 'path:boot/*', max: 1 }] },
      /limits\[0\]\.what: the pattern has a slash, .* begin with one: "\/boot\/\*"/,
    ],
    [{ groups: { docs: ['x', 'usr/doc'] } }, /groups\.docs\[1\] has a slash/],
    [{ groups: 5 }, /groups must be an object/],
    [{ groups: null }, /groups must be an object/],
    [{ groups: { docs: 'x' } }, /groups\.docs must be a list/],
    [{ forbid: [''] }, /forbid\[0\] must be text/],
    [{ noDuplicates: [7] }, /noDuplicates\[0\] must be text/],
    ['{"limits":', /isoscope\.config\.json: .*JSON/],
    [[], /it must be an object/],
  ] as const)('refuses the configuration %j', (json, message) => {
    const path = config(json)
    const { code, stdout, stderr } = ask('check', 'mini.iso', '--config', path)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(message)
    expect(stderr.split('\n')).toHaveLength(2)
    // What is refused here does not fit the schema either, but for names that only isoscope knows.
    if (typeof json === 'object' && !/group:|02-30/.test(JSON.stringify(json))) expect(validate(json)).toBe(false)
  })

  it('refuses rules that are none', () => {
    expect(ask('check', 'mini.iso')).toMatchObject({ code: 2, stderr: expect.stringMatching(/there are no rules/) })
    expect(ask('check', 'mini.iso', '--max', 'initrid=5M').stderr).toBe(
      'isoscope: --max: "initrid" is none of image, squashfs, initrd, package:NAME, path:GLOB and group:NAME; did you mean "initrd"?\n',
    )
    expect(ask('check', 'mini.iso', '--max', 'nosuch=1M').stderr).toBe(
      'isoscope: --max: "nosuch" is none of image, squashfs, initrd, package:NAME, path:GLOB and group:NAME; did you mean "package:nosuch"?\n',
    )
    expect(ask('check', 'mini.iso', '--max', '/boot/*=1M').stderr).toMatch(
      /group:NAME; did you mean "path:\/boot\/\*"\?$/m,
    )
    expect(ask('check', 'mini.iso', '--max', 'size:x=1M').stderr).toMatch(/group:NAME$/m)
    expect(ask('check', 'mini.iso', '--max', 'group:x=1M').stderr).toBe('isoscope: --max: there is no group "x"\n')
    expect(ask('check', 'mini.iso', '--max', 'path:boot/x=1M').stderr).toBe(
      'isoscope: --max: the pattern has a slash, so it matches paths in the image, which begin with one: "/boot/x"\n',
    )
    expect(ask('check', 'mini.iso', '--max-growth-percent', 'x').stderr).toMatch(/'x' is not a percentage/)
    for (const [option, value, message] of [
      ['forbid', '', /--forbid: the pattern is empty/],
      ['no-duplicates', '', /--no-duplicates: the pattern is empty/],
      [
        'forbid',
        'package:vim',
        /--forbid: the pattern begins with "package:", which is for limits; write the name alone/,
      ],
      ['forbid', 'x'.repeat(70_000), /--forbid: the pattern has 70000 characters; the limit is 1000/],
      ['max', `path:${'x'.repeat(1001)}=5M`, /--max: the pattern has 1001 characters; the limit is 1000/],
    ] as const) {
      expect(ask('check', 'mini.iso', `--${option}`, value)).toMatchObject({
        code: 2,
        stdout: '',
        stderr: expect.stringMatching(message),
      })
    }
    expect(ask('check', 'mini.iso', '--config', work)).toMatchObject({
      code: 2,
      stderr: `isoscope: ${work}: is a directory, not a regular file\n`,
    })
    expect(ask('check', 'mini.iso', '--config', join(work, 'nope.json')).stderr).toMatch(/nope\.json: no such file\n$/)
  })

  it('takes any glob, whatever it would be as a regular expression', () => {
    expect(ask('check', 'mini.iso', '--forbid', '[z-a]*(', '--forbid', `${'*a'.repeat(30)}b`)).toMatchObject({
      code: 0,
    })
  })

  it('tells GitHub of an image that cannot be opened', () => {
    const summary = join(work, 'failed.md')
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary }
    const { code, stderr } = isoscope(['check', 'mini.iso', '--max', '1G', '--base', 'nosuch.iso'], env)
    expect(code).toBe(2)
    expect(stderr).toMatch(
      /^::error title=isoscope mini\.iso::nosuch\.iso: no such file\nisoscope: nosuch\.iso: no such file\n$/,
    )
    expect(readFileSync(summary, 'utf8')).toContain('nosuch.iso: no such file')
  })

  it('tells GitHub: a summary, and an annotation for each broken rule', () => {
    const summary = join(work, 'summary.md')
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary }
    const { code, stdout, stderr } = isoscope(CHECK, env)
    expect(code).toBe(1)
    expect(stdout).toEqual(isoscope(CHECK).stdout)
    for (const format of ['-fmd', '--json']) {
      const said = isoscope([...CHECK, format], env)
      expect(said).toMatchObject({ code, stderr, stdout: isoscope([...CHECK, format]).stdout })
    }
    rmSync(summary)
    isoscope(CHECK, env)
    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(
        /^::error title=isoscope mini\.iso::initrd: 107\.9 KiB > 60\.0 KiB; 2 copies: boot 66\.8 KiB, nix-store\.squashfs 41\.1 KiB$/,
      ),
      expect.stringMatching(
        /^::error title=isoscope mini\.iso::forbid boost-\*: 1 path, 78\.5 KiB; boost-1\.87\.0 78\.5 KiB ← /,
      ),
    ])
    expect(readFileSync(summary, 'utf8')).toMatch(
      /^<!-- isoscope check -->\n\n### Image size: 2\.0 MiB ❌ over the limits\n/,
    )
    isoscope(CHECK, env)
    expect(readFileSync(summary, 'utf8').match(/<!-- isoscope check -->/g)).toHaveLength(2)
  })

  it('writes a comment for a pull request', () => {
    const { stdout } = ask(...CHECK, '--base', 'mini-slim.iso', '-f', 'md')
    expect(stdout).toMatch(
      /^<!-- isoscope check -->\n\n### Image size: 2\.0 MiB \\\(\\\+1\.0 MiB, \\\+100\.0%\\\) ❌ over the limits\n/,
    )
    expect(stdout).toContain(
      '| ❌ **fail** | forbid boost-\\* | 1 path, 78.5 KiB<br>&emsp;boost-1.87.0 78.5 KiB ← nix-util-2.31.2',
    )
    expect(stdout).toMatch(/<details><summary>What changed<\/summary>\n\n\| on ISO \|/)
  })
})
