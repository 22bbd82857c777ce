import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { COMMAND_NAMES } from '../../src/cli/commands.ts'
import { addDefaults, ONLY_TYPED } from '../../src/cli/default-options.ts'
import { UsageError } from '../../src/cli/exit-codes.ts'
import { parseFastArguments } from '../../src/cli/fast-arguments.ts'
import { IMAGES, isoscope } from './run.ts'

const schema = JSON.parse(readFileSync(new URL('../../schemas/config.json', import.meta.url), 'utf8')) as object
const isValid = new Ajv2020({ strict: true, strictRequired: false }).compile(schema)

let work = ''
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'isoscope-defaults-'))
})
afterEach(() => rmSync(work, { recursive: true, force: true }))

type Json = Readonly<Record<string, unknown>>

/** The command line that defaults make of one; each place is given as the content of `defaults`. */
function made(line: string, places: { env?: Record<string, string>; folder?: Json; user?: Json }): string {
  const file = (name: string, defaults: Json | undefined): string | undefined => {
    if (defaults === undefined) return undefined
    writeFileSync(join(work, name), JSON.stringify({ defaults }))
    return join(work, name)
  }
  const { env = {}, folder, user } = places
  const words = line.split(' ').filter((word) => word !== '')
  return addDefaults(words, { env, folder: file('folder.json', folder), user: file('user.json', user) }).join(' ')
}

describe('defaults', () => {
  it('come from the environment, the folder and the user, in this order, and behind what is typed', () => {
    const env = { ISOSCOPE_TOP: '1', PATH: '/bin', ISOSCOPE_MIN: '' }
    const folder = { report: { top: 2, sort: 'name' }, all: { top: 3, wide: true } }
    const user = { all: { top: 4, sort: 'size', si: true } }
    expect(made('a.iso', { env, folder, user })).toBe('a.iso --top=1 --sort=name --wide --si')
    expect(made('a.iso', { folder, user })).toBe('a.iso --top=2 --sort=name --wide --si')
    expect(made('a.iso', { user })).toBe('a.iso --top=4 --si')
    expect(made('ls a.iso', { folder, user })).toBe('ls a.iso --top=3 --wide --sort=size --si')
    expect(made('a.iso -n 9 --sort=own -- -x', { env, folder, user })).toBe('a.iso -n 9 --sort=own --wide --si -- -x')
    expect(made('cat a.iso x', { env, folder, user })).toBe('cat a.iso x')
  })

  it('apply where a command has the option and accepts the value', () => {
    expect(made('a.iso', { env: { ISOSCOPE_FORMAT: 'csv' } })).toBe('a.iso --format=csv')
    expect(made('export a.iso', { env: { ISOSCOPE_FORMAT: 'dot' } })).toBe('export a.iso --format=dot')
    expect(made('export a.iso', { env: { ISOSCOPE_FORMAT: 'csv' } })).toBe('export a.iso')
    expect(made('check a.iso', { folder: { check: { forbid: ['*-dev', '*-doc'], max: '1M' } } })).toBe(
      'check a.iso --forbid=*-dev --forbid=*-doc --max=1M',
    )
    expect(made('a.iso', { env: { ISOSCOPE_FULL_PATHS: 'true', ISOSCOPE_COLOR: 'never' } })).toBe(
      'a.iso --full-paths --color=never',
    )
  })

  it('give way to what excludes them', () => {
    expect(made('a.iso --bytes', { folder: { all: { si: true } } })).toBe('a.iso --bytes')
    expect(made('a.iso --json', { env: { ISOSCOPE_FORMAT: 'md' } })).toBe('a.iso --json')
    expect(made('a.iso', { env: { ISOSCOPE_BYTES: '1' }, user: { all: { si: true } } })).toBe('a.iso --bytes')
    // A flag that is off nearby is not set by a place farther away.
    expect(made('a.iso', { env: { ISOSCOPE_SI: '0' }, user: { all: { si: true } } })).toBe('a.iso')
    expect(() => made('a.iso', { folder: { all: { si: true }, report: { bytes: true } } })).toThrow(
      /defaults\.report\.bytes and defaults\.all\.si exclude each other$/,
    )
  })

  it('are not variables of a build that only begin alike', () => {
    expect(made('a.iso', { env: { ISOSCOPE_VERSION: '1.2', ISOSCOPE_IMAGE: 'x', ISOSCOPE_: 'x' } })).toBe('a.iso')
  })

  it('change no question for help or the version', () => {
    for (const line of ['--help', 'ls -h', '--version', '--parser-limits']) {
      expect(made(line, { env: { ISOSCOPE_NONSENSE: '1' }, folder: { nonsense: {} } })).toBe(line)
    }
  })

  it.each<[Json, string]>([
    [{ reprot: {} }, 'defaults.reprot is not a command; did you mean "report"?'],
    [{ report: { sotr: 'own' } }, 'defaults.report.sotr is not an option of report; did you mean "sort"?'],
    [{ report: { n: 5 } }, 'defaults.report.n is not an option of report; did you mean "top"?'],
    [{ cat: { top: 1 } }, 'defaults.cat.top is not an option of cat'],
    [{ all: { topp: 1 } }, 'defaults.all.topp is not an option; did you mean "top"?'],
    [{ ls: { sort: 'tme' } }, 'defaults.ls.sort is none of name, size, stored, time: "tme"; did you mean "time"?'],
    [{ all: { top: -1 } }, 'defaults.all.top must be a whole number, 0 or more'],
    [{ all: { top: 'x' } }, 'defaults.all.top must be a whole number, 0 or more'],
    [{ all: { si: 'yes' } }, 'defaults.all.si must be true or false'],
    [{ diff: { min: true } }, 'defaults.diff.min must be text'],
    [{ check: { max: [1, true] } }, 'defaults.check.max must be text, or a list of texts'],
    [{ report: [] }, 'defaults.report must be an object'],
    ...ONLY_TYPED.map((key): [Json, string] => [
      { all: { [key]: 'x' } },
      `defaults.all.${key} is refused: what writes, names images, runs programs, lifts limits or carries secrets must be typed in each command`,
    ]),
    [{ ls: { 'no-color': true } }, 'defaults.ls.no-color is refused: set color to never instead'],
  ])('are refused: %j', (defaults, message) => {
    // Whichever command runs.
    expect(() => made('verify a.iso', { folder: defaults })).toThrow(
      new UsageError(`${join(work, 'folder.json')}: ${message}`),
    )
  })

  it.each([
    ['ISOSCOPE_TPO', '1', 'ISOSCOPE_TPO is not an option; did you mean "top"?'],
    ['ISOSCOPE_COLOR', 'nevr', 'ISOSCOPE_COLOR is none of auto, always, never: "nevr"; did you mean "never"?'],
    [
      'ISOSCOPE_OUTPUT',
      'x.json',
      'ISOSCOPE_OUTPUT is refused: what writes, names images, runs programs, lifts limits or carries secrets must be typed in each command',
    ],
  ])('are refused: %s=%s', (variable, value, message) => {
    expect(() => made('a.iso', { env: { [variable]: value } })).toThrow(new UsageError(message))
  })

  it('are in the schema as they are accepted', () => {
    const places = schema as {
      properties: {
        defaults: {
          propertyNames: { enum: string[] }
          additionalProperties: { propertyNames: { not: { enum: string[] } } }
        }
      }
    }
    const { additionalProperties, propertyNames } = places.properties.defaults
    expect(additionalProperties.propertyNames.not.enum).toEqual([...ONLY_TYPED, 'no-color'])
    expect(propertyNames.enum).toEqual(['all', ...COMMAND_NAMES])
    const check = (defaults: unknown): boolean => isValid({ defaults }) as boolean
    expect(check({ all: { top: 1, color: 'never' }, check: { forbid: ['a'], wide: true } })).toBe(true)
    for (const wrong of [
      { reprot: {} },
      { all: { output: 'x' } },
      { all: { redis: 'x' } },
      { ls: { Top: 1 } },
      { ls: { top: {} } },
      [],
    ]) {
      expect(check(wrong)).toBe(false)
    }
  })
})

describe('a command line', () => {
  const image = join(IMAGES, 'mini.iso')
  const rows = (args: readonly string[], env: Record<string, string> = {}): number =>
    isoscope(args, { XDG_CONFIG_HOME: join(work, 'settings'), ...env }, work)
      .stdout.toString()
      .split('\n').length

  it('takes the same defaults on the fast path and on that of yargs', () => {
    const args = ['ls', '--du', image, 'nix-store.squashfs']

    const all = rows(args)
    mkdirSync(join(work, 'settings/isoscope'), { recursive: true })
    writeFileSync(join(work, 'settings/isoscope/config.json'), JSON.stringify({ defaults: { ls: { top: 8 } } }))
    const eight = rows(args)
    expect(eight).toBeLessThan(all)
    writeFileSync(join(work, 'isoscope.config.json'), JSON.stringify({ defaults: { ls: { top: 4 } } }))
    const four = rows(args)
    expect(four).toBe(eight - 4)
    expect(rows(args, { ISOSCOPE_TOP: '2' })).toBe(four - 2)
    expect(rows([...args, '-n', '1'], { ISOSCOPE_TOP: '2' })).toBe(four - 3)
    // An option given twice is read by yargs.
    const twice = [...args, '--sort', 'name', '--sort', 'size']
    expect([parseFastArguments(args) === undefined, parseFastArguments(twice) === undefined]).toEqual([false, true])
    expect(rows(twice)).toBe(four)
    // A flag that is on by default is typed off, which yargs reads too.
    expect(rows(['ls', '--du=false', image, '/boot'], { ISOSCOPE_DU: '1' })).toBe(
      rows(['ls', image, '/boot'], { ISOSCOPE_DU: '0' }),
    )
  })

  it('says what is wrong with a default in one sentence, and writes nothing for one', () => {
    writeFileSync(join(work, 'isoscope.config.json'), JSON.stringify({ defaults: { all: { output: 'planted' } } }))
    const { code, stderr } = isoscope([image], {}, work)
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        'isoscope: isoscope.config.json: defaults.all.output is refused: what writes, names images, runs programs, lifts limits or carries secrets must be typed in each command\n',
    })
    expect(readdirSync(work)).toEqual(['isoscope.config.json'])
    writeFileSync(join(work, 'isoscope.config.json'), '{')
    expect(isoscope([image], {}, work)).toMatchObject({ code: 2, stderr: expect.stringMatching(/is not valid JSON/) })
    expect(isoscope(['--help'], {}, work).code).toBe(0)
  })

  it('finds rules and defaults in one file', () => {
    const config = { defaults: { check: { json: true } }, limits: [{ max: '1K' }] }
    writeFileSync(join(work, 'isoscope.config.json'), JSON.stringify(config))
    const { code, stdout } = isoscope(['check', image], {}, work)
    expect({
      code,
      status: (JSON.parse(stdout.toString()) as { results: { status: string }[] }).results[0]?.status,
    }).toEqual({
      code: 1,
      status: 'fail',
    })
  })
})
