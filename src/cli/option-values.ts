import { DEFAULT_LIMITS, type Limits } from '../../parsers/bytes/limits.ts'
import type { NameTreeKind } from '../../parsers/image.ts'
import type { TextStyle } from '../present/text/style.ts'
import { parseBytes, type Unit } from '../present/units.ts'
import type { Choice } from '../views/choice.ts'
import type { ValuesOf } from './definition.ts'
import { UsageError } from './exit-codes.ts'
import { nearest } from './nearest.ts'
import type { colorOptions, treeOption, unitOptions } from './options.ts'
import { widthOf } from './terminal-width.ts'

/** The trees of an ISO, by the values of `--tree`. */
export const NAME_TREES: Readonly<Record<NonNullable<ValuesOf<typeof treeOption>['tree']>, NameTreeKind>> = {
  rockridge: 'rockRidge',
  joliet: 'joliet',
  enhanced: 'enhanced',
  plain: 'plain',
}

/** How we show byte counts. */
export function unitOf(options: ValuesOf<typeof unitOptions>): Unit {
  return options.bytes === true ? 'bytes' : options.si === true ? 'si' : 'iec'
}

/** A size from the user's notation, in bytes. */
export function sizeOf(option: string, text: string): number {
  const bytes = parseBytes(text)
  if (bytes === undefined) throw new UsageError(`--${option}: '${text}' is not a size; write bytes, or 4K, 10MiB, 1.5G`)
  return bytes
}

/** The limits, including those that the user set. */
export function limitsOf(settings: readonly string[] = []): Limits {
  const limits: Record<string, number> = { ...DEFAULT_LIMITS }
  for (const setting of settings) {
    const [name = '', text = ''] = setting.split('=', 2)
    if (!Object.hasOwn(limits, name)) {
      const near = nearest(name, Object.keys(limits))
      throw new UsageError(
        `--parser-limit: no limit '${name}'; ${near === undefined ? 'see --parser-limits' : `did you mean ${near}?`}`,
      )
    }
    limits[name] = sizeOf(`parser-limit ${name}`, text)
  }
  return limits as Limits
}

/** Checks a number of rows or levels from the user. */
export function countOf(option: string, count: number): number {
  if (!Number.isInteger(count) || count < 0) throw new UsageError(`-${option}: takes a whole number, 0 or more`)
  return count
}

/** Which rows the user wants to see. */
export function choiceOf({ top = 0, sort = '', min = '0' }: ChoiceArguments): Choice {
  return { top: countOf('n', top), sort, min: sizeOf('min', min) }
}

/** Without any of them, all rows are shown in their own order. */
interface ChoiceArguments {
  readonly top?: number | undefined
  readonly sort?: string | undefined
  readonly min?: string | undefined
}

/** Checks the column that rows are sorted by, for an answer that has not all columns that its command names. */
export function sortKeyOf(key: string, keys: readonly string[], rows: string): string {
  if (!keys.includes(key)) throw new UsageError(`-s: ${rows} have no column ${key}; take one of ${keys.join(', ')}`)
  return key
}

/** What stdout can show. Without a terminal there is no colour, and we cut nothing to fit. */
export function styleOf(color: ValuesOf<typeof colorOptions>['color'], wide: boolean): TextStyle {
  const { stdout, env } = process
  return {
    width: stdout.isTTY && !wide ? widthOf(stdout) : Number.POSITIVE_INFINITY,
    color: color === 'auto' ? wantsColor(stdout.isTTY === true, env) : color === 'always',
    unicode: /utf-?8/i.test(env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '') || process.platform === 'darwin',
  }
}

/** https://no-color.org, then https://force-color.org, then whether it is a terminal. */
function wantsColor(terminal: boolean, env: NodeJS.ProcessEnv): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false
  const force = env['FORCE_COLOR'] ?? ''
  if (force !== '') return force !== '0'
  return terminal && env['TERM'] !== 'dumb'
}

/** The number of threads that the user asks for, if any. */
export function threadsOf({ jobs }: { readonly jobs?: number | undefined }): { jobs?: number } {
  if (jobs === undefined) return {}
  if (!Number.isInteger(jobs) || jobs < 1) throw new UsageError('-j: takes a whole number of threads, 1 or more')
  return { jobs }
}
