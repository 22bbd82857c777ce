import yargs from 'yargs'
import { COMMAND_NAMES, COMMANDS, type CommandName, isCommandName } from './commands.ts'
import { camelCase, type Option, type Options } from './definition.ts'
import { UsageError } from './exit-codes.ts'
import { assignWords, type ParsedCommand } from './fast-arguments.ts'
import { examplesHelp, mainHelp } from './main-help.ts'
import { findMistake, takeApart, usageOf } from './mistakes.ts'
import { commonOptions } from './options.ts'
import { writePaged } from './pager.ts'
import { splitAtTerminator } from './spellings.ts'
import { widthOf } from './terminal-width.ts'

/**
 * Reads any command line. It explains mistakes itself and leaves the values of options to yargs, in strict mode.
 * @returns undefined if the user asked for help, which it printed
 * @throws {UsageError} with the mistake
 */
export async function parseYargsArguments(argv: readonly string[]): Promise<ParsedCommand | undefined> {
  const { options } = splitAtTerminator(argv)
  if (options.some((word) => word === '--help' || word === '-h')) {
    const [first = ''] = argv
    await printHelpOf(isCommandName(first) ? first : undefined, !options.includes('--no-pager'))
    return undefined
  }
  const taken = takeApart(argv)
  const mistake = findMistake(argv, taken)
  if (mistake !== undefined) throw mistake
  const { name, words, optionWords } = taken
  let parsed: ParsedCommand | undefined
  const parser = build((found, values) => {
    parsed = { name: found, values: { ...values, ...assignWords(COMMANDS[found].positionals, words) } }
  })
  // yargs takes words with a leading dash for options, but it must count our words, so we pass placeholders.
  await parser.parseAsync([name, ...optionWords, ...words.map(() => 'word')])
  return parsed
}

/**
 * Prints the help of a command; of the program if none is named.
 * @param mayPage false for `--no-pager`
 */
export async function printHelpOf(command: CommandName | undefined, mayPage = true): Promise<void> {
  let text = ''
  if (command === undefined) text = mainHelp(Math.min(widthOf(process.stdout), 80))
  else {
    await build(() => {}).parseAsync([command, '--help'], (_error: unknown, _arguments: unknown, output: string) => {
      text = `${output}\n${examplesHelp(COMMANDS[command].examples, Math.min(widthOf(process.stdout), 100))}`
    })
  }
  await writePaged([text], mayPage)
}

function build(found: (name: CommandName, values: Record<string, unknown>) => void): ReturnType<typeof yargs> {
  const parser = yargs()
    .scriptName('isoscope')
    .version(false)
    .options(commonOptions)
    .help('help', 'this text')
    .alias('help', 'h')
    .parserConfiguration({
      'parse-positional-numbers': false,
      'boolean-negation': false,
      'greedy-arrays': false,
    })
    .strict()
    .recommendCommands()
    .wrap(Math.min(widthOf(process.stdout), 100))
    .exitProcess(false)
    .fail((message, error) => {
      // Errors of yargs itself are YErrors; any other is ours.
      if (error && error.name !== 'YError') throw error
      throw new UsageError(`${message.replace(/\s*\n\s*/g, ' ')}; see isoscope --help`)
    })
  for (const name of COMMAND_NAMES) {
    const command = COMMANDS[name]
    const usage = usageOf(name, command.positionals)
    parser.command(
      name === 'report' ? [usage.replace(name, '$0'), name] : usage,
      command.describe,
      (builder) => {
        for (const { name: key, describe, required, choices } of command.positionals) {
          // Without an explicit default, yargs shows [] for a positional that takes several words.
          const accepted = choices === undefined ? {} : { choices }
          builder.positional(key, { type: 'string', describe, demandOption: required, default: undefined, ...accepted })
        }
        return builder.options(Object.fromEntries(Object.entries(command.options).map(asYargs)))
      },
      (values) => found(name, lastOfEach(command.options, values)),
    )
  }
  return parser
}

/** An option in the format of yargs. */
function asYargs([key, option]: [string, Option]): [string, Option & { requiresArg: boolean }] {
  return [key, { ...option, requiresArg: option.type !== 'boolean' }]
}

/** For an option that was given several times, the last value, unless it takes several. */
function lastOfEach(options: Options, values: Record<string, unknown>): Record<string, unknown> {
  const last = { ...values }
  for (const [key, { array }] of Object.entries(options)) {
    for (const name of [key, camelCase(key)]) {
      const value = last[name]
      if (array !== true && Array.isArray(value)) last[name] = value.at(-1)
    }
  }
  return last
}
