import type { Completable, Definition, Example, Option, Positional } from '../definition.ts'
import { commonOptions } from '../options.ts'

/** An option as shells and the manual page show it. */
export interface ShownOption {
  /** "top" */
  readonly long: string
  /** "n" */
  readonly short: string | undefined
  readonly describe: string
  /** Whether a value follows it. */
  readonly takesValue: boolean
  readonly choices: readonly string[]
  readonly completes: Completable | undefined
  readonly default: string | undefined
}

/** A word of a command that is no option. */
export interface ShownPositional {
  readonly name: string
  readonly describe: string
  readonly required: boolean
  readonly variadic: boolean
  readonly choices: readonly string[]
  /** Undefined if it has choices. */
  readonly completes: Completable | undefined
}

/** A command as shells and the manual page show it. */
export interface ShownCommand {
  readonly name: string
  readonly describe: string
  readonly examples: readonly Example[]
  readonly positionals: readonly ShownPositional[]
  readonly options: readonly ShownOption[]
}

/** The command that applies if the first word is none. */
export const DEFAULT_COMMAND = 'report'

const HELP: Option = { alias: 'h', type: 'boolean', describe: 'show help' }

/** The options of every command that help and completions show. */
export const COMMON_OPTIONS: readonly ShownOption[] = shownOptions({ help: HELP, ...commonOptions })

/** The commands of the table, without what the help leaves out. */
export function shownCommands(table: Readonly<Record<string, Definition>>): readonly ShownCommand[] {
  const names = Object.keys(table)
  return Object.entries(table).map(([name, { describe, examples, positionals, options }]) => ({
    name,
    describe,
    examples,
    positionals: positionals.map((positional) => shownPositional(positional, names)),
    options: shownOptions(options),
  }))
}

function shownPositional(positional: Positional, commands: readonly string[]): ShownPositional {
  const { name, describe, required, variadic = false, completes = 'storePath' } = positional
  const choices = completes === 'command' ? commands : (positional.choices ?? [])
  return { name, describe, required, variadic, choices, completes: choices.length > 0 ? undefined : completes }
}

function shownOptions(options: Definition['options']): readonly ShownOption[] {
  return Object.entries(options).flatMap(
    ([long, { hidden, alias, describe, type, choices = [], completes, ...rest }]) =>
      hidden === true
        ? []
        : {
            long,
            short: alias,
            describe,
            takesValue: type !== 'boolean',
            choices,
            completes,
            default: rest.default === undefined ? undefined : String(rest.default),
          },
  )
}

/** The spellings of an option: "--top", "-n". */
export function spellings({ long, short }: ShownOption): readonly string[] {
  return short === undefined ? [`--${long}`] : [`--${long}`, `-${short}`]
}

/** All options of a command, those of every command included. */
export function optionsOf({ options }: ShownCommand): readonly ShownOption[] {
  return [...options, ...COMMON_OPTIONS]
}

/** A word in single quotes, for a POSIX shell. */
export function quotedForShell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
