import type { Options } from 'yargs'
import { DEFAULT_LIMITS, type Limits } from '../../parsers/bytes/limits.ts'
import type { NameTreeKind } from '../../parsers/image.ts'
import type { TextStyle } from '../present/text/style.ts'
import { parseBytes, type Unit } from '../present/units.ts'
import { UsageError } from './exit-codes.ts'
import { nearest } from './nearest.ts'

/** For those who meet a limit: the message that names it tells of this option, help does not. */
const limitOption = {
  'parser-limit': {
    type: 'string',
    array: true,
    requiresArg: true,
    hidden: true,
    describe: 'NAME=VALUE, of those that --parser-limits lists; repeats',
  },
} as const satisfies Record<string, Options>

const verboseOption = {
  verbose: { alias: 'v', type: 'boolean', describe: 'more about problems and leftovers: each with its place' },
} as const satisfies Record<string, Options>

/** Options of every command that opens an image. */
export const imageOptions = {
  offset: {
    type: 'string',
    requiresArg: true,
    describe: 'where an image begins in the file, in bytes (4096, 4K)',
  },
  ...limitOption,
  ...verboseOption,
} as const satisfies Record<string, Options>

/** The trees of an ISO by the words of `--tree`. */
export const NAME_TREES = {
  rockridge: 'rockRidge',
  joliet: 'joliet',
  enhanced: 'enhanced',
  plain: 'plain',
} as const satisfies Record<string, NameTreeKind>

export type TreeName = keyof typeof NAME_TREES

/** Of commands that show an ISO by its paths. */
export const treeOption = {
  tree: {
    type: 'string',
    choices: Object.keys(NAME_TREES),
    requiresArg: true,
    describe: 'which directory tree of an ISO to use; the most complete by default',
  },
} as const satisfies Record<string, Options>

/** Options of every command that answers from a survey. */
export const surveyOptions = {
  'no-cache': { type: 'boolean', describe: 'find out everything anew, and keep nothing of it' },
  ...limitOption,
  ...verboseOption,
} as const satisfies Record<string, Options>

/** How byte counts are shown. */
export const unitOptions = {
  si: { type: 'boolean', conflicts: 'bytes', describe: 'sizes in powers of 1000 (MB) instead of 1024 (MiB)' },
  bytes: { type: 'boolean', describe: 'sizes in plain bytes' },
} as const satisfies Record<string, Options>

export const jsonOption = {
  json: { type: 'boolean', describe: 'JSON, sizes in bytes' },
} as const satisfies Record<string, Options>

/** What the image is there for. */
export const rootOption = {
  root: { type: 'string', requiresArg: true, describe: 'the store path that all is for, in place of those found' },
} as const satisfies Record<string, Options>

/** Options of every command about references. */
export const referenceOptions = {
  references: {
    type: 'string',
    choices: ['auto', 'registration', 'scan'],
    default: 'auto',
    requiresArg: true,
    describe: 'where references come from; auto: nix-path-registration, else a scan',
  },
  jobs: { alias: 'j', type: 'number', requiresArg: true, describe: 'threads for a scan; all by default' },
  ...surveyOptions,
} as const satisfies Record<string, Options>

/** Of commands that have something to say without references too. */
export const optionalReferences = {
  references: {
    ...referenceOptions.references,
    choices: [...referenceOptions.references.choices, 'none'],
    describe: 'where references come from; auto: nix-path-registration, else a scan; none: only sizes',
  },
} as const satisfies Record<string, Options>

export const colorOptions = {
  color: {
    type: 'string',
    choices: ['auto', 'always', 'never'],
    default: 'auto',
    requiresArg: true,
    describe: 'auto: on a terminal, unless NO_COLOR is set',
  },
  'no-color': { type: 'boolean', describe: 'the same as --color never' },
} as const satisfies Record<string, Options>

export function unitOf(options: { si?: boolean | undefined; bytes?: boolean | undefined }): Unit {
  return options.bytes === true ? 'bytes' : options.si === true ? 'si' : 'iec'
}

/** A size as the user wrote it, in bytes. */
export function sizeOf(option: string, text: string): number {
  const bytes = parseBytes(text)
  if (bytes === undefined) throw new UsageError(`--${option}: '${text}' is no size; write bytes, or 4K, 10MiB, 1.5G`)
  return bytes
}

/** The limits, with those that the user set. */
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

/** A number of rows or levels as the user wrote it. */
export function countOf(option: string, count: number): number {
  if (!Number.isInteger(count) || count < 0) throw new UsageError(`-${option}: takes a whole number from 0 on`)
  return count
}

/** Columns of a terminal that does not tell. */
const DEFAULT_WIDTH = 80

/** What stdout can show. Anything but a terminal gets no colour, and nothing is cut to fit. */
export function styleOf(color: 'auto' | 'always' | 'never', wide: boolean): TextStyle {
  const { stdout, env } = process
  return {
    width: stdout.isTTY && !wide ? (stdout.columns ?? DEFAULT_WIDTH) : Number.POSITIVE_INFINITY,
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
