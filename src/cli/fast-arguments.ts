import { parseArgs } from 'node:util'
import { COMMANDS, type CommandName, isCommandName } from './commands.ts'
import { camelCase, isChoice, type Option, type Positional } from './definition.ts'

/** A command with the values of its positionals and options. */
export interface ParsedCommand {
  readonly name: CommandName
  readonly values: Readonly<Record<string, unknown>>
}

/**
 * Reads a command line that needs no explanation: known options, each once, with allowed values. It returns undefined
 * for anything else, such as help and mistakes, and leaves those to yargs. Both agree on everything that this function
 * accepts (test/cli/arguments.test.ts). This is worth it because yargs takes as long to load as Node takes to start, a
 * third of the time of a report.
 */
export function parseFastArguments(argv: readonly string[]): ParsedCommand | undefined {
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
  // "-" is not a file, and a command may be in the wrong place: yargs-arguments.ts explains both.
  if (parsed.positionals.includes('-') || (!named && parsed.positionals.some(isCommandName))) return undefined
  const given = parsed.tokens?.filter((token) => token.kind === 'option').map((token) => token.name) ?? []
  const single = given.filter((key) => options[key]?.array !== true)
  if (new Set(single).size !== single.length) return undefined

  const values: Record<string, unknown> | undefined = assignWords(positionals, parsed.positionals)
  if (values === undefined || !positionals.every(({ name, choices }) => isChoice(values[name], choices)))
    return undefined
  for (const [key, option] of Object.entries(options)) {
    const value = checkedValue(option, parsed.values[key])
    if (value === INVALID || (value !== undefined && excluded(option, given))) return undefined
    if (value !== undefined) values[camelCase(key)] = value
  }
  return { name, values }
}

/**
 * The values of positionals by name; undefined if there are too few words or too many. An optional positional gets a
 * word if there are more words than the others need.
 */
export function assignWords(
  positionals: readonly Positional[],
  words: readonly string[],
): Record<string, unknown> | undefined {
  const values: Record<string, unknown> = {}
  let spare = words.length - positionals.filter(({ required }) => required).length
  if (spare < 0) return undefined
  let next = 0
  for (const { name, required, variadic } of positionals) {
    if (variadic === true) {
      values[name] = words.slice(next)
      return values
    }
    if (!required && spare === 0) continue
    if (!required) spare -= 1
    values[name] = words[next]
    next += 1
  }
  return next === words.length ? values : undefined
}

const INVALID = Symbol('invalid')

/** The value of an option in its type, or its default. */
function checkedValue(option: Option, value: unknown): unknown {
  if (value === undefined) return option.demandOption === true ? INVALID : option.default
  if (Array.isArray(value)) return value.includes('') ? INVALID : value
  if (option.type === 'number') return /^\d{1,9}$/.test(String(value)) ? Number(value) : INVALID
  if (option.choices !== undefined && !option.choices.includes(String(value))) return INVALID
  return value === '' ? INVALID : value
}

function excluded({ conflicts }: Option, given: readonly string[]): boolean {
  return typeof conflicts === 'string' && given.includes(conflicts)
}

/** An option in the format of node:util. */
export function asParseArgs(option: Option): { type: 'string' | 'boolean'; multiple: boolean; short?: string } {
  const type = option.type === 'boolean' ? 'boolean' : 'string'
  const multiple = option.array === true
  return typeof option.alias === 'string' ? { type, multiple, short: option.alias } : { type, multiple }
}
