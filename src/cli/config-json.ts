import { FormatError } from '../../parsers/bytes/errors.ts'
import { fileSource } from '../../parsers/bytes/file-source.ts'
import { UsageError } from './exit-codes.ts'
import { nearest } from './nearest.ts'
import { systemReason } from './open.ts'

/** In bytes. A configuration has a few thousand. */
const MAX_CONFIG = 1 << 24

/** What is wrong with a configuration, without the name of its file. */
export class ConfigError extends Error {}

/** A value of a configuration, and its place there. */
export interface Located {
  readonly value: unknown
  readonly place: string
}

/**
 * Reads a file of JSON.
 * @param understand makes something of its content, and throws a `ConfigError` if that is wrong
 * @throws {UsageError} with the name of the file
 */
export function readConfigJson<Content>(path: string, understand: (top: Located) => Content): Content {
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
    return understand({ value: json, place: '' })
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

/** Looks up an object's values, after a check that all its keys are allowed. */
export function objectOf({ value, place }: Located, keys: readonly string[]): (key: string) => Located | undefined {
  const fields = new Map(entriesOf({ value, place }))
  for (const [key, field] of fields)
    if (!keys.includes(key))
      throw wrong(field, `is not a known key${meant(key, keys) || `; known are ${keys.join(', ')}`}`)
  return (key) => fields.get(key)
}

/** The keys and values of an object; none if it is absent. */
export function entriesOf(object: Located | undefined): (readonly [string, Located])[] {
  if (object === undefined) return []
  const { value, place } = object
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(object, 'must be an object')
  return Object.entries(value).map(([key, field]) => [key, { value: field, place: joined(place, key) }])
}

function joined(place: string, key: string): string {
  return place === '' ? key : `${place}.${key}`
}

/** '; did you mean "limits"?' if a known word is near, else ''. */
export function meant(word: string, known: readonly string[]): string {
  const near = nearest(word, known)
  return near === undefined ? '' : `; did you mean "${near}"?`
}

/** The error for a value: its place, and what is wrong with it. */
export function wrong({ place }: Located, what: string): ConfigError {
  return new ConfigError(`${place === '' ? 'it' : place} ${what}`)
}

/** The values of a list; none if it is absent. */
export function listOf(list: Located | undefined): Located[] {
  if (list === undefined) return []
  if (!Array.isArray(list.value)) throw wrong(list, 'must be a list')
  return list.value.map((value, index) => ({ value, place: `${list.place}[${index}]` }))
}

/** A text that is not empty. */
export function textOf(text: Located): string {
  if (typeof text.value !== 'string' || text.value === '') throw wrong(text, 'must be text')
  return text.value
}
