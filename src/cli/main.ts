import { readFileSync } from 'node:fs'
import yargs from 'yargs'
import { FormatError } from '../../parsers/bytes/errors.ts'
import { decoders } from '../image/node-decoders.ts'
import { runCat } from './commands/cat.ts'
import { runLs } from './commands/ls.ts'
import { runReport } from './commands/report.ts'
import { EXIT, type ExitCode, UsageError } from './exit-codes.ts'
import { colorOptions, imageOptions, jsonOption, unitOptions } from './options.ts'
import { say } from './output.ts'

const IMAGE = { type: 'string', describe: 'an ISO9660 image or a squashfs', demandOption: true } as const

const reportOptions = {
  top: { alias: 'n', type: 'number', default: 20, requiresArg: true, describe: 'store paths to show; 0 for all' },
  sort: {
    alias: 's',
    choices: ['own', 'unpacked', 'files', 'name'] as const,
    default: 'own' as const,
    describe: 'order of the store paths',
  },
  min: {
    type: 'string',
    default: '0',
    requiresArg: true,
    describe: 'sum up store paths smaller than this (100K, 5MiB)',
  },
  ...jsonOption,
  ...unitOptions,
  wide: { alias: 'w', type: 'boolean', describe: 'do not shorten names to the terminal' },
  'full-paths': { type: 'boolean', describe: 'store paths with /nix/store and hash' },
  ...colorOptions,
  ...imageOptions,
} as const

const EXAMPLES: readonly (readonly [string, string])[] = [
  ['isoscope nixos.iso', 'what it is made of, to the byte'],
  ['isoscope nixos.iso -n 0 --sort unpacked', 'all store paths, by unpacked size'],
  ['isoscope nixos.iso --json', 'the same for programs'],
  ['isoscope ls -l nixos.iso /nix-store.squashfs/', 'look into the squashfs inside'],
  ['isoscope cat nixos.iso /version.txt', 'the content of a file'],
]

const SIZES = `Sizes:
  own       bytes in the image file: compressed blocks, a fair share of what is
            shared, and of the tables. Own sizes add up to the file, exactly.
  unpacked  content bytes before compression, as du --apparent-size shows them.

Exit code: 0 done, 1 the answer is no, 2 could not answer, or not in full.`

/** Runs the command line and returns what the process is to end with. */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // The reader has seen enough: `isoscope … | head`.
    process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.failed)
  })
  try {
    return await runCommand(argv)
  } catch (error) {
    if (error instanceof UsageError || error instanceof FormatError) {
      say(error.message)
      return EXIT.failed
    }
    throw error
  }
}

async function runCommand(argv: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok
  const set = (code: ExitCode): void => {
    exitCode = code
  }
  const parser = yargs([...argv])
    .scriptName('isoscope')
    .usage('Says what every byte of a NixOS ISO, any ISO9660 image or any squashfs is for.\n\nisoscope IMAGE [options]')
    .command(
      ['$0 <image>', 'report'],
      'report: what takes how much of the image (the default)',
      (command) => command.positional('image', IMAGE).options(reportOptions),
      async (options) => set(await runReport(options)),
    )
    .command(
      'ls <image> [path]',
      'list a directory of the image, or an image inside it',
      (command) =>
        command
          .positional('image', IMAGE)
          .positional('path', { type: 'string', describe: 'a path in the image; it may lead into an image inside' })
          .options({
            recursive: { alias: 'R', type: 'boolean', describe: 'everything below, images inside an ISO included' },
            long: { alias: 'l', type: 'boolean', describe: 'type, mode, owner, size, stored size, time (UTC), target' },
            json: { type: 'boolean', describe: 'one JSON object a line' },
            ...unitOptions,
            ...imageOptions,
          }),
      async (options) => set(await runLs(options)),
    )
    .command(
      'cat <image> <path>',
      'write the content of a file of the image to stdout',
      (command) =>
        command
          .positional('image', IMAGE)
          .positional('path', { type: 'string', describe: 'a regular file in the image', demandOption: true })
          .options(imageOptions),
      async (options) => set(await runCat(options)),
    )
    .example(EXAMPLES.map(([command, what]) => [command, what] as [string, string]))
    .epilogue(SIZES)
    .version(false)
    .option('version', { alias: 'V', type: 'boolean', describe: 'version; with --verbose also the decoders in use' })
    .option('verbose', { type: 'boolean', hidden: true })
    .help()
    .alias('help', 'h')
    .strict()
    .recommendCommands()
    .wrap(Math.min(process.stdout.columns ?? 80, 100))
    .exitProcess(false)
    .fail((message, error) => {
      if (error) throw error
      throw new UsageError(`${message.replace(/:\s*\n\s*/g, ': ').replace(/\s*\n\s*/g, '; ')}; see isoscope --help`)
    })
  if (argv.some((argument) => argument === '--version' || argument === '-V')) {
    printVersion(argv.includes('--verbose'))
    return EXIT.ok
  }
  if (argv.length === 0) {
    console.error(await parser.getHelp())
    return EXIT.failed
  }
  await parser.parseAsync()
  return exitCode
}

function printVersion(verbose: boolean): void {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')
  const { version } = JSON.parse(text) as { version: string }
  console.log(`isoscope ${version}`)
  if (!verbose) return
  console.log(`node ${process.versions.node}\ndecoders:`)
  for (const [codec, decoder] of Object.entries(decoders)) console.log(`  ${codec.padEnd(5)} ${decoder.name}`)
}
