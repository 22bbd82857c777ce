import { FormatError } from '../../parsers/bytes/errors.ts'
import { mark, startTimeline, timelineText } from '../platform/timeline.ts'
import { COMMANDS } from './commands.ts'
import { withDefaults } from './defaults.ts'
import { EXIT, type ExitCode, UsageError } from './exit-codes.ts'
import { parseFastArguments } from './fast-arguments.ts'
import { MistypedWord } from './mistyped-word.ts'
import { outputFailed, say } from './output.ts'
import { clearProgress } from './progress.ts'
import { oneSpelling, splitAtTerminator } from './spellings.ts'
import { readVersion } from './version.ts'
import { changedFiles } from './watched-files.ts'

/** Runs the command line and returns the exit code of the process. */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  try {
    const { words, count } = countVerbose(argv)
    startTimeline(count > 1)
    mark('arguments are read')
    const exitCode = await runCommand(words)
    clearProgress()
    mark('printed')
    for (const line of timelineText()) process.stderr.write(`${line}\n`)
    const changed = changedFiles()
    for (const path of changed) say(`${path}: the file changed while it was read; run the command again`)
    return changed.length === 0 ? exitCode : EXIT.failed
  } catch (thrown) {
    const error = await explain(thrown)
    if (error instanceof UsageError || error instanceof FormatError) {
      say(error.message)
      if (error instanceof UsageError) for (const choice of error.choices) process.stderr.write(`  ${choice}\n`)
      return EXIT.failed
    }
    throw error
  }
}

/** Takes out each `--verbose` but one: the second asks for a time line. */
function countVerbose(argv: readonly string[]): { words: readonly string[]; count: number } {
  const { options, rest } = splitAtTerminator(argv)
  const timesOf = (word: string): number => (word === '--verbose' ? 1 : (/^-(v+)$/.exec(word)?.[1]?.length ?? 0))
  const count = options.reduce((sum, word) => sum + timesOf(word), 0)
  if (count < 2) return { words: argv, count }
  const words = [...options.filter((word) => timesOf(word) === 0), '--verbose']
  return { words: options.length === argv.length ? words : [...words, '--', ...rest], count }
}

async function runCommand(typed: readonly string[]): Promise<ExitCode> {
  process.stdout.on('error', outputFailed)
  const argv = await withDefaults(oneSpelling(typed))
  const plain = parseFastArguments(argv)
  if (plain !== undefined) return COMMANDS[plain.name].run(plain.values, explain)
  const { options } = splitAtTerminator(argv)
  if (options.includes('--version') || options.includes('-V')) {
    await printVersion(options.includes('--verbose') || options.includes('-v'))
    return EXIT.ok
  }
  if (options.includes('--parser-limits')) {
    const { limitsText } = await import('../present/text/limits.ts')
    process.stdout.write(limitsText(Math.min(process.stdout.columns ?? 80, 100)))
    return EXIT.ok
  }
  const { helpText, parseYargsArguments } = await import('./yargs-arguments.ts')
  if (typed.length === 0) {
    console.error(await helpText())
    return EXIT.failed
  }
  const parsed = await parseYargsArguments(argv)
  return parsed === undefined ? EXIT.ok : COMMANDS[parsed.name].run(parsed.values, explain)
}

/** The error that we show to the user. We load the code for it only if there is an error. */
async function explain(error: unknown): Promise<unknown> {
  if (error instanceof MistypedWord) return (await import('./mistakes.ts')).noSuchCommand(error.word)
  return error instanceof FormatError ? (await import('../images/explained.ts')).explained(error) : error
}

async function printVersion(verbose: boolean): Promise<void> {
  console.log(`isoscope ${readVersion()}`)
  if (!verbose) return
  const { usesWebAssembly } = await import('../../parsers/codecs/decoders.ts')
  console.log(`node ${process.versions.node}\ndecoders in ${usesWebAssembly() ? 'WebAssembly' : 'TypeScript'}`)
}
