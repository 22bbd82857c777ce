import { readdirSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { COMMAND_NAMES, COMMANDS, type CommandName, isCommandName } from './commands.ts'
import type { Option, Options, Positional } from './definition.ts'
import { UsageError } from './exit-codes.ts'
import { asParseArgs, assignWords } from './fast-arguments.ts'
import { isMistyped } from './mistyped-word.ts'
import { nearest } from './nearest.ts'
import { commonOptions } from './options.ts'
import { commandLineFor, optionFor, valueFor } from './other-words.ts'

/** One word of a command line, as node:util parses it. */
type Token = NonNullable<ReturnType<typeof parseArgs>['tokens']>[number]
type OptionToken = Extract<Token, { kind: 'option' }>

/** A parsed command line. */
export interface TakenApart {
  readonly name: CommandName
  /** Whether it names a command; otherwise it means `report`. */
  readonly isNamed: boolean
  /** Its arguments, including those after `--`. */
  readonly words: readonly string[]
  /** The options with their values, as typed. */
  readonly optionWords: readonly string[]
  readonly options: readonly OptionToken[]
}

/** Parses a command line with the options of its command, whatever mistakes it has. */
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
 * The mistake in a command line, the likeliest first; undefined if it has none. We report an unknown option before
 * missing arguments, because the option may have taken the image as its value.
 */
export function findMistake(argv: readonly string[], taken: TakenApart): UsageError | undefined {
  const { name, isNamed, words } = taken
  return (isNamed ? undefined : misplacedCommand(argv, words)) ?? optionMistake(taken) ?? wordMistake(name, words)
}

/** Finds a command that does not come first, or a first word that is neither a command nor a file. */
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

/** The message for a word that is neither a command nor a file. */
export function noSuchCommand(word: string): UsageError {
  if (isCommandName(word)) return new UsageError(`no such file '${word}'`)
  const line = commandLineFor(word)
  if (line !== undefined) return new UsageError(`no such command or file '${word}'; see ${line}`)
  const near = fileNamed(word) ?? nearest(word, COMMAND_NAMES)
  const hint = near === undefined ? 'isoscope --help lists the commands' : `did you mean '${near}'?`
  return new UsageError(`no such command or file '${word}'; ${hint}`)
}

/** The message for a word where a command takes a file, and no file has that name. */
export function noSuchFile(word: string, argv: readonly string[]): UsageError {
  const { name, isNamed, words } = takeApart(argv)
  if (!isNamed) return noSuchCommand(word)
  const image = words.find((other) => !isMistyped(other))
  if (word === words[0] && image !== undefined && COMMANDS[name].positionals.length > 1) {
    const others = argv.slice(1).filter((other) => other !== image)
    return new UsageError(`the image comes first: isoscope ${[name, image, ...others].map(quotedForShell).join(' ')}`)
  }
  const file = fileNamed(word)
  return new UsageError(`no such file '${word}'${file === undefined ? '' : `; did you mean '${file}'?`}`)
}

/** The one file here whose name is a word and an extension; undefined if there is none, or several. */
function fileNamed(word: string): string | undefined {
  try {
    const found = readdirSync('.').filter((name) => name.startsWith(`${word}.`))
    return found.length === 1 ? found[0] : undefined
  } catch {
    // Nobody asked for the folder, so nobody wants to know that it cannot be read.
    return undefined
  }
}

/** Quotes a word for a POSIX shell (XCU 2.2). */
function quotedForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** Names of the options that every command accepts; all are flags. */
const COMMON_NAMES: readonly string[] = [
  'help',
  'h',
  ...Object.entries<Option>(commonOptions).flatMap(([name, { alias }]) =>
    alias === undefined ? [name] : [name, alias],
  ),
]

function optionMistake({ name, isNamed, options: given }: TakenApart): UsageError | undefined {
  const { options } = COMMANDS[name]
  const names = new Set(given.map((token) => token.name))
  const of = isNamed ? ` of ${name}` : ''
  const help = `isoscope ${name} --help lists the options`
  for (const token of given) {
    const { rawName, value } = token
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined
    if (option === undefined && COMMON_NAMES.includes(token.name)) continue
    if (option === undefined) {
      const known = [...visibleNames(options), 'help', 'version']
      const near = rawName.startsWith('--') ? nearest(token.name, known) : undefined
      const meant = optionFor(token.name, options) ?? (near === undefined ? undefined : `--${near}`)
      return new UsageError(
        `unknown option '${rawName}'${of}; ${meant === undefined ? help : `did you mean ${meant}?`}`,
      )
    }
    if (option.type === 'boolean') continue
    const isAbsent = value === undefined || (token.inlineValue === true ? value === '' : isOption(value, options))
    if (isAbsent) {
      return new UsageError(`${rawName} needs a value: ${option.describe}`)
    }
    const wrong = noChoice(rawName, value, option.choices)
    if (wrong !== undefined) return wrong
  }
  for (const [key, { conflicts, demandOption, choices, describe }] of Object.entries(options)) {
    if (names.has(key) && typeof conflicts === 'string' && names.has(conflicts)) {
      return new UsageError(`--${key} and --${conflicts} cannot be given together`)
    }
    if (demandOption === true && !names.has(key)) {
      const values = choices === undefined ? `: ${describe.split('. ')[0]}` : `, one of ${choices.join(', ')}`
      return new UsageError(`${name} needs --${key}${values}`)
    }
  }
  return undefined
}

/** The mistake if a value is none of the choices: "--sort: 'size' is none of own, name". */
function noChoice(what: string, value: string, choices: readonly string[] | undefined): UsageError | undefined {
  if (choices === undefined || choices.includes(value)) return undefined
  const near = valueFor(value, choices) ?? nearest(value, choices)
  const hint = near === undefined ? '' : `; did you mean ${near}?`
  return new UsageError(`${what}: '${value}' is none of ${choices.join(', ')}${hint}`)
}

/** Whether a value is more likely the next option, because the command has an option of that name. */
function isOption(value: string, options: Options): boolean {
  const isShort = Object.values(options).some(({ alias }) => value === `-${alias}`)
  return isShort || Object.keys(options).some((key) => value === `--${key}` || value.startsWith(`--${key}=`))
}

function visibleNames(options: Options): string[] {
  return Object.keys(options).filter((key) => options[key]!.hidden !== true)
}

/** Finds too few arguments, or too many. */
function wordMistake(name: CommandName, words: readonly string[]): UsageError | undefined {
  const { positionals } = COMMANDS[name]
  if (name === 'without' && words.indexOf('-') > 0) {
    return new UsageError("-: quote a reference: 'FROM -> TO'; without quotes the shell writes to a file TO")
  }
  if (words.includes('-')) {
    return new UsageError('-: an image is read at any offset, which standard input does not allow; give a file')
  }
  const missing = positionals.filter(({ required }) => required)[words.length]
  if (missing !== undefined) {
    const choices = missing.choices === undefined ? '' : `, one of ${missing.choices.join(', ')}`
    return new UsageError(`${name} needs ${missing.what}${choices}: isoscope ${usageOf(name, positionals)}`)
  }
  const values = assignWords(positionals, words) ?? {}
  for (const { name: word, choices } of positionals) {
    const value = values[word]
    const wrong = typeof value === 'string' ? noChoice(word, value, choices) : undefined
    if (wrong !== undefined) return wrong
  }
  const isVariadic = positionals.at(-1)?.variadic === true
  const extra = words[positionals.length]
  if (extra === undefined || isVariadic) return undefined
  const takes = positionals
    .map(({ what, required }) => `${required ? '' : 'perhaps '}${what.replace(/^an? /, 'one ')}`)
    .join(', then ')
  return new UsageError(`'${extra}' is one argument too many: ${name} takes ${takes === '' ? 'none' : takes}`)
}

/** The usage of a command: "why <image> <names..>". */
export function usageOf(name: CommandName, positionals: readonly Positional[]): string {
  const words = positionals.map(({ name: word, required, variadic }) => {
    const dots = variadic === true ? '..' : ''
    return required ? `<${word}${dots}>` : `[${word}${dots}]`
  })
  return [name, ...words].join(' ')
}
