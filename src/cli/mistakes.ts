import { parseArgs } from 'node:util'
import type { Options } from 'yargs'
import { type CommandName, isCommandName } from './command-names.ts'
import { COMMANDS, type Command, type Positional } from './commands.ts'
import { UsageError } from './exit-codes.ts'
import { asParseArgs } from './fast-arguments.ts'
import { nearest } from './nearest.ts'
import { isMistyped, noSuchCommand } from './open.ts'

/** One word of a command line, as node:util takes it apart. */
type Token = NonNullable<ReturnType<typeof parseArgs>['tokens']>[number]
type OptionToken = Extract<Token, { kind: 'option' }>

/** A command line taken apart. */
export interface TakenApart {
  readonly name: CommandName
  /** Whether the command is named; `report` is meant where none is. */
  readonly isNamed: boolean
  /** Its arguments, those behind `--` among them. */
  readonly words: readonly string[]
  /** The options with their values, as they stand. */
  readonly optionWords: readonly string[]
  readonly options: readonly OptionToken[]
}

/** Takes a command line apart as its command's options say, whatever is wrong with it. */
export function takeApart(argv: readonly string[]): TakenApart {
  const [first = ''] = argv
  const isNamed = isCommandName(first)
  const name = isNamed ? first : 'report'
  const args = argv.slice(isNamed ? 1 : 0)
  const { tokens = [] } = parseArgs({
    args,
    options: Object.fromEntries(
      Object.entries(COMMANDS[name].options).map(([key, option]) => [key, asParseArgs(option)]),
    ),
    allowPositionals: true,
    strict: false,
    tokens: true,
  })
  const others = new Set(tokens.filter(({ kind }) => kind !== 'option').map(({ index }) => index))
  return {
    name,
    isNamed,
    words: tokens.flatMap((token) => (token.kind === 'positional' ? token.value : [])),
    optionWords: args.filter((_, index) => !others.has(index)),
    options: tokens.filter((token) => token.kind === 'option'),
  }
}

/**
 * What is wrong with a command line, the likeliest cause first; undefined where nothing is. An unknown option comes
 * before arguments that are missing, for it may have been meant to take the image for its value.
 */
export function findMistake(argv: readonly string[], taken: TakenApart): UsageError | undefined {
  const { name, isNamed, words } = taken
  return (isNamed ? undefined : misplacedCommand(argv, words)) ?? optionMistake(taken) ?? wordMistake(name, words)
}

/** A command that does not come first, or a first word that is neither a command nor a file. */
function misplacedCommand(argv: readonly string[], words: readonly string[]): UsageError | undefined {
  const command = words.find((word) => isCommandName(word) && isMistyped(word))
  if (command !== undefined && words.length > 1) {
    const others = argv.filter((_, index) => index !== argv.indexOf(command))
    return new UsageError(`the command comes first: isoscope ${[command, ...others].map(quotedForShell).join(' ')}`)
  }
  const [first] = words
  return first !== undefined && first !== '-' && argv[0] === first && isMistyped(first)
    ? noSuchCommand(first)
    : undefined
}

/** A word as a POSIX shell takes it (XCU 2.2). */
function quotedForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

function optionMistake({ name, isNamed, options: given }: TakenApart): UsageError | undefined {
  const { options } = COMMANDS[name]
  const names = new Set(given.map((token) => token.name))
  const of = isNamed ? ` of ${name}` : ''
  const help = `isoscope ${name} --help lists the options`
  for (const token of given) {
    const { rawName, value } = token
    const option = Object.hasOwn(options, token.name) ? options[token.name]! : GLOBAL_OPTIONS[token.name]
    if (option === undefined) {
      const near = rawName.startsWith('--') ? nearest(token.name, visibleNames(options)) : undefined
      return new UsageError(
        `unknown option '${rawName}'${of}; ${near === undefined ? help : `did you mean --${near}?`}`,
      )
    }
    if (option.type === 'boolean') continue
    const isAbsent = value === undefined || (token.inlineValue === true ? value === '' : isOption(value, options))
    if (isAbsent) {
      return new UsageError(`${rawName} needs a value: ${option.describe}`)
    }
    if (option.choices !== undefined && !option.choices.includes(value)) {
      const choices = option.choices.map(String)
      const near = nearest(value, choices)
      const hint = near === undefined ? '' : `; did you mean ${near}?`
      return new UsageError(`${rawName}: '${value}' is none of ${choices.join(', ')}${hint}`)
    }
  }
  for (const [key, { conflicts, demandOption, choices = [] }] of Object.entries(options)) {
    if (names.has(key) && typeof conflicts === 'string' && names.has(conflicts)) {
      return new UsageError(`--${key} and --${conflicts} cannot be given together`)
    }
    if (demandOption === true && !names.has(key)) {
      return new UsageError(`${name} needs --${key}, one of ${choices.join(', ')}`)
    }
  }
  return undefined
}

/** What every command takes beside its own options. */
const GLOBAL_OPTIONS: Readonly<Record<string, Options>> = {
  help: { type: 'boolean' },
  h: { type: 'boolean' },
  version: { type: 'boolean' },
  V: { type: 'boolean' },
  'parser-limits': { type: 'boolean' },
}

/** Whether a value is rather the next option: one that the command has. */
function isOption(value: string, options: Command['options']): boolean {
  const isShort = Object.values(options).some(({ alias }) => value === `-${alias}`)
  return isShort || Object.keys(options).some((key) => value === `--${key}` || value.startsWith(`--${key}=`))
}

function visibleNames(options: Command['options']): string[] {
  return Object.keys(options).filter((key) => options[key]!.hidden !== true)
}

/** Too few arguments, or too many. */
function wordMistake(name: CommandName, words: readonly string[]): UsageError | undefined {
  const { positionals } = COMMANDS[name]
  if (words.includes('-')) {
    return new UsageError('-: an image is read at any offset, which standard input does not allow; give a file')
  }
  const missing = positionals.filter(({ required }) => required)[words.length]
  if (missing !== undefined) {
    return new UsageError(`${name} needs ${missing.what}: isoscope ${usageOf(name, positionals)}`)
  }
  const isVariadic = positionals.at(-1)?.variadic === true
  const extra = words[positionals.length]
  if (extra === undefined || isVariadic) return undefined
  const takes = positionals
    .map(({ what, required }) => `${required ? '' : 'perhaps '}${what.replace(/^an? /, 'one ')}`)
    .join(', then ')
  return new UsageError(`'${extra}' is one argument too many: ${name} takes ${takes}`)
}

/** "why <image> <names..>": how a command is written. */
export function usageOf(name: CommandName, positionals: readonly Positional[]): string {
  const words = positionals.map(({ name: word, required, variadic }) => {
    const dots = variadic === true ? '..' : ''
    return required ? `<${word}${dots}>` : `[${word}${dots}]`
  })
  return [name, ...words].join(' ')
}
