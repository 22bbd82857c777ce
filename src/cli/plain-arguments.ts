import { parseArgs } from 'node:util'
import type { Options } from 'yargs'
import { type CommandName, isCommandName } from './command-names.ts'
import { COMMANDS } from './commands.ts'

/** A command with the values of its positionals and options. */
export interface ParsedCommand {
  readonly name: CommandName
  readonly values: Readonly<Record<string, unknown>>
}

/**
 * Reads a command line that has nothing to be explained: known options, each once, with values that are allowed.
 * Anything else, help and mistakes above all, is undefined here, and left to yargs, with which this agrees on all that
 * it takes (test/cli/arguments.test.ts). It is worth its while because loading yargs takes as long as starting Node,
 * and a third of the time of a report.
 */
export function parsePlainArguments(argv: readonly string[]): ParsedCommand | undefined {
  const [first] = argv
  if (first === undefined) return undefined
  const named = isCommandName(first)
  const name = named ? first : 'report'
  const { options, positionals } = COMMANDS[name]
  let parsed: ReturnType<typeof parseArgs>
  try {
    parsed = parseArgs({
      args: argv.slice(named ? 1 : 0),
      options: Object.fromEntries(Object.entries(options).map(([key, option]) => [key, asParseArgs(option)])),
      allowPositionals: true,
      strict: true,
      tokens: true,
    })
  } catch {
    return undefined
  }
  const required = positionals.filter((positional) => positional.required).length
  const most = positionals.at(-1)?.variadic === true ? Number.POSITIVE_INFINITY : positionals.length
  if (parsed.positionals.length < required || parsed.positionals.length > most) return undefined
  // Of "--" and "-" yargs has views of its own.
  if (parsed.positionals.includes('-')) return undefined
  if (parsed.tokens?.some((token) => token.kind === 'option-terminator') === true) return undefined
  const given = parsed.tokens?.filter((token) => token.kind === 'option').map((token) => token.name) ?? []
  const single = given.filter((key) => options[key]?.array !== true)
  if (new Set(single).size !== single.length) return undefined

  const values: Record<string, unknown> = {}
  for (const [index, positional] of positionals.entries()) {
    if (positional.variadic === true) values[positional.name] = parsed.positionals.slice(index)
    else if (parsed.positionals[index] !== undefined) values[positional.name] = parsed.positionals[index]
  }
  for (const [key, option] of Object.entries(options)) {
    const value = checkedValue(option, parsed.values[key])
    if (value === INVALID || (value !== undefined && excluded(option, given))) return undefined
    if (value !== undefined) values[camelCase(key)] = value
  }
  return { name, values }
}

const INVALID = Symbol('invalid')

/** The value of an option in its type, its default where it is not given. */
function checkedValue(option: Options, value: unknown): unknown {
  if (value === undefined) return option.demandOption === true ? INVALID : option.default
  if (Array.isArray(value)) return value.includes('') ? INVALID : value
  if (option.type === 'number') return /^\d{1,9}$/.test(String(value)) ? Number(value) : INVALID
  if (option.choices !== undefined && !option.choices.includes(String(value))) return INVALID
  return value === '' ? INVALID : value
}

function excluded({ conflicts }: Options, given: readonly string[]): boolean {
  return typeof conflicts === 'string' && given.includes(conflicts)
}

function asParseArgs(option: Options): { type: 'string' | 'boolean'; multiple: boolean; short?: string } {
  const type = option.type === 'boolean' ? 'boolean' : 'string'
  const multiple = option.array === true
  return typeof option.alias === 'string' ? { type, multiple, short: option.alias } : { type, multiple }
}

/** "full-paths" is fullPaths in code, as yargs has it. */
export function camelCase(key: string): string {
  return key.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
