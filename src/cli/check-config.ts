import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { utcTime } from '../../parsers/bytes/utc-time.ts'
import { type Exception, isPathGlob, type Rule, type Subject } from '../analyses/rules.ts'
import { MAX_GLOB } from '../owners/glob.ts'
import { parseBytes } from '../present/units.ts'
import { CONFIG_KEYS, CONFIG_NAME } from './config-files.ts'
import {
  ConfigError,
  entriesOf,
  type Located,
  listOf,
  meant,
  objectOf,
  readConfigJson,
  textOf,
  wrong,
} from './config-json.ts'

/** The configuration in a directory, or in the nearest directory above it; undefined if there is none. */
export function findConfig(directory: string): string | undefined {
  for (let at = resolve(directory); ; at = dirname(at)) {
    const path = join(at, CONFIG_NAME)
    if (existsSync(path)) return path
    if (dirname(at) === at) return undefined
  }
}

/** The content of a configuration: rules, and names for globs, which the command line may use too. */
export interface Config {
  readonly rules: readonly Rule[]
  readonly groups: ReadonlyMap<string, readonly string[]>
}

/**
 * Reads a configuration.
 * @throws {UsageError} with the file, the wrong key, and the key that the user probably meant
 */
export function readConfig(path: string): Config {
  return readConfigJson(path, configOf)
}

function configOf(top: Located): Config {
  const config = objectOf(top, CONFIG_KEYS)
  const groups = new Map(
    entriesOf(config('groups')).map(([name, globs]) => [name, listOf(globs).map(sizeGlobOf)] as const),
  )
  const rules: Rule[] = [
    ...listOf(config('limits')).flatMap((limit) => limitRules(limit, groups)),
    ...listOf(config('forbid')).map(forbidRule),
    ...listOf(config('noDuplicates')).map((name): Rule => ({ kind: 'noDuplicates', name: patternOf(name) })),
  ]
  return { rules, groups }
}

function limitRules(limit: Located, groups: ReadonlyMap<string, readonly string[]>): Rule[] {
  const fields = objectOf(limit, ['what', 'max', 'maxGrowth', 'maxGrowthPercent'])
  const what = fields('what')
  const subject = what === undefined ? ({ kind: 'image' } as const) : subjectNamed(what, groups)
  const [max, growth, percent] = [fields('max'), fields('maxGrowth'), fields('maxGrowthPercent')]
  const rules: Rule[] = [
    ...(max === undefined ? [] : [{ kind: 'max', subject, max: sizeOf(max) } as const]),
    ...(growth === undefined ? [] : [{ kind: 'growth', subject, max: sizeOf(growth) } as const]),
    ...(percent === undefined ? [] : [{ kind: 'growthPercent', subject, max: numberOf(percent) } as const]),
  ]
  if (rules.length === 0) throw wrong(limit, 'has no max, maxGrowth or maxGrowthPercent')
  return rules
}

/** What subjects of limits begin with that have a name. */
const LIMIT_WORD = /^(?:package|path|group):/
const SUBJECTS = ['image', 'squashfs', 'initrd'] as const

function subjectNamed(what: Located, groups: Config['groups']): Subject {
  const { subject, problem } = subjectOf(textOf(what), groups)
  if (subject === undefined) throw new ConfigError(`${what.place}: ${problem}`)
  return subject
}

/** The subject of a limit from its text, such as "initrd" or "path:linux-firmware*"; or why it is not a subject. */
export function subjectOf(
  text: string,
  groups: Config['groups'],
):
  | { readonly subject: Subject; readonly problem?: undefined }
  | { readonly problem: string; readonly subject?: undefined } {
  const kind = SUBJECTS.find((some) => some === text)
  if (kind !== undefined) return { subject: { kind } }
  const [word, name = ''] = text.split(/:(.*)/s)
  if (word === 'path' && name !== '') {
    const problem = sizeGlobProblem(name)
    return problem === undefined
      ? { subject: { kind: 'paths', name: text, globs: [name] } }
      : { problem: `the pattern ${problem}` }
  }
  if (word === 'package' && name !== '') {
    const problem = isPathGlob(name) ? `"${name}" is a path; write path:${name}` : sizeGlobProblem(name)
    return problem === undefined ? { subject: { kind: 'paths', name: text, globs: [name] } } : { problem }
  }
  if (word === 'group') {
    const globs = groups.get(name)
    if (globs !== undefined) return { subject: { kind: 'paths', name: text, globs } }
    return { problem: `there is no group "${name}"${meant(name, [...groups.keys()])}` }
  }
  const hint = meant(text, SUBJECTS) || (text === '' || text.includes(':') ? '' : `; did you mean "${ofKind(text)}"?`)
  return {
    problem: `"${text}" is none of image, squashfs, initrd, package:NAME, path:GLOB and group:NAME${hint}`,
  }
}

/** What a name or a path without its kind stands for. */
function ofKind(text: string): string {
  return text.startsWith('/') ? `path:${text}` : `package:${text}`
}

function forbidRule(forbid: Located): Rule {
  if (typeof forbid.value === 'string') {
    return { kind: 'forbid', match: patternOf(forbid), reason: undefined, except: [] }
  }
  const fields = objectOf(forbid, ['match', 'reason', 'except'])
  const match = fields('match')
  if (match === undefined) throw wrong(forbid, 'has no match')
  const reason = fields('reason')
  return {
    kind: 'forbid',
    match: patternOf(match),
    reason: reason === undefined ? undefined : textOf(reason),
    except: listOf(fields('except')).map(exceptionOf),
  }
}

function exceptionOf(exception: Located): Exception {
  if (typeof exception.value === 'string') return { match: patternOf(exception), until: undefined }
  const fields = objectOf(exception, ['match', 'until'])
  const [match, until] = [fields('match'), fields('until')]
  if (match === undefined) throw wrong(exception, 'has no match')
  return { match: patternOf(match), until: until === undefined ? undefined : dateOf(until) }
}

function patternOf(pattern: Located): string {
  const text = textOf(pattern)
  const problem = patternProblem(text)
  if (problem !== undefined) throw wrong(pattern, problem)
  return text
}

function sizeGlobOf(glob: Located): string {
  const text = textOf(glob)
  const problem = sizeGlobProblem(text)
  if (problem !== undefined) throw wrong(glob, problem)
  return text
}

/** Why a text is not a glob for a limit: of store paths by name, or of paths of the image from its root. */
function sizeGlobProblem(text: string): string | undefined {
  if (!isPathGlob(text) && text.includes('/')) {
    return `has a slash, so it matches paths in the image, which begin with one: "/${text}"`
  }
  return patternProblem(text)
}

/** Why we accept a text neither as a glob nor as a name; undefined if we accept it. */
export function patternProblem(text: string): string | undefined {
  if (text === '') return 'is empty'
  const [limitWord] = LIMIT_WORD.exec(text) ?? []
  // No name begins so. As a pattern it would match nothing, and a rule with it would always pass.
  if (limitWord !== undefined) return `begins with "${limitWord}", which is for limits; write the name alone`
  return text.length > MAX_GLOB ? `has ${text.length} characters; the limit is ${MAX_GLOB}` : undefined
}

function numberOf(number: Located): number {
  if (typeof number.value !== 'number' || !Number.isFinite(number.value)) throw wrong(number, 'must be a number')
  return number.value
}

function sizeOf(size: Located): number {
  if (typeof size.value === 'number' && Number.isSafeInteger(size.value) && size.value >= 0) return size.value
  const bytes = typeof size.value === 'string' ? parseBytes(size.value) : undefined
  if (bytes === undefined) throw wrong(size, 'must be a size: bytes, or "4K", "10MiB", "1.5G"')
  return bytes
}

function dateOf(date: Located): string {
  const text = textOf(date)
  // JavaScript turns a day that the month lacks into one of the next month.
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00Z`) : Number.NaN
  if (utcTime(time / 1000)?.slice(0, 10) !== text) throw wrong(date, 'must be a valid date: 2027-01-31')
  return text
}
