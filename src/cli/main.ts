import { FormatError } from '../../parsers/bytes/errors.ts'
import { COMMANDS } from './commands.ts'
import { EXIT, type ExitCode, UsageError } from './exit-codes.ts'
import { outputFailed, say } from './output.ts'
import { parsePlainArguments } from './plain-arguments.ts'
import { readVersion } from './version.ts'
import { changedFiles } from './watched-files.ts'

/** Runs the command line and returns what the process is to end with. */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  try {
    const exitCode = await runCommand(argv)
    const changed = changedFiles()
    for (const path of changed) say(`${path}: the file changed while it was read; ask again`)
    return changed.length === 0 ? exitCode : EXIT.failed
  } catch (thrown) {
    const error =
      thrown instanceof FormatError ? await (await import('../image/explained.ts')).explained(thrown) : thrown
    if (error instanceof UsageError || error instanceof FormatError) {
      say(error.message)
      if (error instanceof UsageError) for (const choice of error.choices) process.stderr.write(`  ${choice}\n`)
      return EXIT.failed
    }
    throw error
  }
}

async function runCommand(argv: readonly string[]): Promise<ExitCode> {
  if (argv.includes('-'))
    throw new UsageError('-: an image is read here and there, which a pipe does not allow; give a file')
  const plain = parsePlainArguments(argv)
  if (plain !== undefined) return COMMANDS[plain.name].run(plain.values)
  // What follows prints by itself, to the stream.
  process.stdout.on('error', outputFailed)
  if (argv.includes('--version') || argv.includes('-V')) {
    await printVersion(argv.includes('--verbose'))
    return EXIT.ok
  }
  if (argv.includes('--limits')) {
    const { limitsText } = await import('../present/text/limits.ts')
    process.stdout.write(limitsText(Math.min(process.stdout.columns ?? 80, 100)))
    return EXIT.ok
  }
  const { helpText, parseFullArguments } = await import('./full-arguments.ts')
  if (argv.length === 0) {
    console.error(await helpText())
    return EXIT.failed
  }
  const parsed = await parseFullArguments(argv)
  return parsed === undefined ? EXIT.ok : COMMANDS[parsed.name].run(parsed.values)
}

async function printVersion(verbose: boolean): Promise<void> {
  console.log(`isoscope ${readVersion()}`)
  if (!verbose) return
  const { decoders } = await import('../image/node-decoders.ts')
  console.log(`node ${process.versions.node}\ndecoders:`)
  for (const [codec, decoder] of Object.entries(decoders)) console.log(`  ${codec.padEnd(5)} ${decoder.name}`)
}
