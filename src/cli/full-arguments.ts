import yargs from 'yargs'
import { COMMAND_NAMES, type CommandName, isCommandName } from './command-names.ts'
import { COMMANDS, type Command, type Positional } from './commands.ts'
import { UsageError } from './exit-codes.ts'
import { nearest } from './nearest.ts'
import { isMistyped, noSuchCommand } from './open.ts'
import { camelCase, type ParsedCommand } from './plain-arguments.ts'

const EXAMPLES: [string, string][] = [
  ['isoscope nixos.iso', 'what it is made of, to the byte'],
  ['isoscope nixos.iso -n 0 -s unpacked', 'all store paths, by unpacked size'],
  ['isoscope nixos.iso --json', 'the same for programs'],
  ['isoscope why nixos.iso perl', 'who pulls it in, and what a cut would free'],
  ['isoscope ls nixos.iso /boot', 'look into it'],
  ['isoscope cat nixos.iso /version.txt', 'the content of a file'],
]

const EPILOGUE = `Sizes:
  own       bytes in the image file: compressed blocks, a fair share of what is
            shared, and of the tables. Own sizes add up to the file, exactly.
  retained  own bytes that go away when nothing refers to the path any more.
  closure   own bytes of all that is reached from it. These two are never summed.
  unpacked  content bytes before compression, as du --apparent-size shows them.

An image inside an image is a folder: isoscope ls nixos.iso /nix-store.squashfs/

Exit code: 0 done, 1 the answer is no, 2 could not answer, or not in full.`

/**
 * Reads any command line with yargs, in strict mode.
 * @returns undefined when help was asked for and printed
 * @throws {UsageError} saying what is wrong with it
 */
export async function parseFullArguments(argv: readonly string[]): Promise<ParsedCommand | undefined> {
  let parsed: ParsedCommand | undefined
  const parser = build(argv, (name, values) => {
    parsed = { name, values }
  })
  await parser.parseAsync([...argv])
  return parsed
}

/** What `isoscope --help` prints. */
export async function helpText(): Promise<string> {
  return build([], () => {}).getHelp()
}

function build(
  argv: readonly string[],
  found: (name: CommandName, values: Record<string, unknown>) => void,
): ReturnType<typeof yargs> {
  const parser = yargs()
    .scriptName('isoscope')
    .usage('Says what every byte of a NixOS ISO, any ISO9660 image or any squashfs is for.\n\nisoscope IMAGE [options]')
    .version(false)
    .option('version', { alias: 'V', type: 'boolean', describe: 'version; with --verbose also the decoders in use' })
    .option('limits', { type: 'boolean', describe: 'what no image may go beyond, and why' })
    .help()
    .alias('help', 'h')
    .parserConfiguration({
      'parse-positional-numbers': false,
      'boolean-negation': false,
    })
    .strict()
    .recommendCommands()
    .wrap(Math.min(process.stdout.columns ?? 80, 100))
    .exitProcess(false)
    .epilogue(EPILOGUE)
    .fail((message, error) => {
      // Of its own mistakes, such as an option that lacks its value, yargs makes an error too.
      if (error && error.name !== 'YError') throw error
      const [first] = argv
      // With more than the image after it, an unknown word was to be a command; yargs takes it for the image.
      if (first !== undefined && /^\w+$/.test(first) && !isCommandName(first) && isMistyped(first)) {
        throw noSuchCommand(first)
      }
      const said = message.replace(/:\s*\n\s*/g, ': ').replace(/\s*\n\s*/g, '; ')
      throw new UsageError(`${said}; ${hintFor(message, first)}`)
    })
  for (const name of COMMAND_NAMES) {
    const command = COMMANDS[name]
    const positionals = command.positionals.map(usageOf).join(' ')
    parser.command(
      name === 'report' ? [`$0 ${positionals}`, name] : `${name} ${positionals}`,
      command.describe,
      (builder) => {
        for (const { name: key, describe, required } of command.positionals) {
          // Where no default is named, yargs makes [] that of what takes several, and shows it.
          builder.positional(key, { type: 'string', describe, demandOption: required, default: undefined })
        }
        return builder.options(command.options)
      },
      (values) => found(name, lastOfEach(command.options, values)),
    )
  }
  return parser.example(EXAMPLES)
}

/** Of an option that was given several times the last value, unless it takes several. */
function lastOfEach(options: Command['options'], values: Record<string, unknown>): Record<string, unknown> {
  const last = { ...values }
  for (const [key, { array }] of Object.entries(options)) {
    for (const name of [key, camelCase(key)]) {
      const value = last[name]
      if (array !== true && Array.isArray(value)) last[name] = value.at(-1)
    }
  }
  return last
}

/** For an option that there is not: the one that was probably meant. */
function hintFor(message: string, first: string | undefined): string {
  const unknown = /^Unknown arguments?: ([\w-]+)/.exec(message)?.[1]
  const { options } = COMMANDS[first !== undefined && isCommandName(first) ? first : 'report']
  const near = unknown === undefined ? undefined : nearest(unknown, Object.keys(options))
  return near === undefined ? 'see isoscope --help' : `did you mean --${near}?`
}

function usageOf({ name, required, variadic }: Positional): string {
  const dots = variadic === true ? '..' : ''
  return required ? `<${name}${dots}>` : `[${name}${dots}]`
}
