import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { FormatError } from '../../parsers/bytes/errors.ts'
import { fileSource } from '../../parsers/bytes/file-source.ts'
import { type Exception, isPathGlob, type Rule, type Subject } from '../analyses/rules.ts'
import { MAX_GLOB } from '../owners/glob.ts'
import { parseBytes } from '../present/units.ts'
import { UsageError } from './exit-codes.ts'
import { nearest } from './nearest.ts'
import { systemReason } from './open.ts'

/** The file with a project's rules; schemas/config.json describes it. */
export const CONFIG_NAME = 'isoscope.config.json'
/** In bytes. A configuration has a few thousand. */
const MAX_CONFIG = 1 << 24

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
  let json: unknown
  try {
    json = JSON.parse(readText(path))
  } catch (error) {
    if (error instanceof FormatError) {
      const { code, facts, message } = error
      throw new UsageError(code === 'UNSUPPORTED' ? `${path}: is a ${facts.structure}, not a regular file` : message)
    }
    const reason = error instanceof SyntaxError ? `is not valid JSON: ${error.message}` : systemReason(error)
    if (reason === undefined) throw error
    throw new UsageError(`${path}: ${reason}`)
  }
  try {
    return configOf(json)
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(`${path}: ${error.message}`)
    throw error
  }
}

/** Reads a regular file. A pipe or a device may have no end, or block until another process writes to it. */
function readText(path: string): string {
  const source = fileSource(path)
  try {
    if (source.size > MAX_CONFIG)
      throw new UsageError(`${path}: is larger than a configuration may be, ${MAX_CONFIG} bytes`)
    return Buffer.from(source.read(0, source.size)).toString()
  } finally {
    source.close()
  }
}

class ConfigError extends Error {}

/** A value of the configuration, and its place there. */
interface Located {
  readonly value: unknown
  readonly place: string
}

function configOf(json: unknown): Config {
  const config = objectOf({ value: json, place: '' }, ['$schema', 'limits', 'groups', 'forbid', 'noDuplicates'])
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
  if (word === 'group') {
    const globs = groups.get(name)
    if (globs !== undefined) return { subject: { kind: 'paths', name: text, globs } }
    return { problem: `there is no group "${name}"${meant(name, [...groups.keys()])}` }
  }
  return { problem: `"${text}" is none of image, squashfs, initrd, path:GLOB and group:NAME${meant(text, SUBJECTS)}` }
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

/** Looks up an object's values, after a check that all its keys are allowed. */
function objectOf({ value, place }: Located, keys: readonly string[]): (key: string) => Located | undefined {
  const fields = new Map(entriesOf({ value, place }))
  for (const [key, field] of fields)
    if (!keys.includes(key)) throw wrong(field, `is not a known key${meant(key, keys)}`)
  return (key) => fields.get(key)
}

function entriesOf(object: Located | undefined): (readonly [string, Located])[] {
  if (object === undefined) return []
  const { value, place } = object
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(object, 'must be an object')
  return Object.entries(value).map(([key, field]) => [key, { value: field, place: joined(place, key) }])
}

function joined(place: string, key: string): string {
  return place === '' ? key : `${place}.${key}`
}

function meant(word: string, known: readonly string[]): string {
  const near = nearest(word, known)
  return near === undefined ? '' : `; did you mean "${near}"?`
}

function wrong({ place }: Located, what: string): ConfigError {
  return new ConfigError(`${place === '' ? 'it' : place} ${what}`)
}

function listOf(list: Located | undefined): Located[] {
  if (list === undefined) return []
  if (!Array.isArray(list.value)) throw wrong(list, 'must be a list')
  return list.value.map((value, index) => ({ value, place: `${list.place}[${index}]` }))
}

function textOf(text: Located): string {
  if (typeof text.value !== 'string' || text.value === '') throw wrong(text, 'must be text')
  return text.value
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
  const parsed = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00Z`) : new Date(Number.NaN)
  if (Number.isNaN(parsed.valueOf()) || parsed.toISOString().slice(0, 10) !== text)
    throw wrong(date, 'must be a valid date: 2027-01-31')
  return text
}
