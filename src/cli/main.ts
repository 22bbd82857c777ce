import { fileURLToPath } from 'node:url'
import { FormatError } from '../../parsers/bytes/errors.ts'
import { isUrl } from '../platform/remote-file.ts'
import { mark, startTimeline, timelineText } from '../platform/timeline.ts'
import { formatBytes } from '../present/units.ts'
import { COMMANDS, isCommandName } from './commands.ts'
import { withDefaults } from './defaults.ts'
import { EXIT, type ExitCode, UsageError } from './exit-codes.ts'
import { type ParsedCommand, parseFastArguments } from './fast-arguments.ts'
import { imageFileOf, withShownNames } from './image-file.ts'
import { MistypedWord } from './mistyped-word.ts'
import { outputFailed, say } from './output.ts'
import { clearProgress } from './progress.ts'
import { beQuiet } from './quiet.ts'
import { oneSpelling, splitAtTerminator } from './spellings.ts'
import { widthOf } from './terminal-width.ts'
import { changedFiles, watchNothing } from './watched-files.ts'

/** Runs a command line, of which a process may run several in turn, and returns its exit code. */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  beQuiet(false)
  watchNothing()
  let tellTraffic = (): void => {}
  try {
    const { words, count } = countVerbose(argv.map(localPath))
    if (count > 0) tellTraffic = await trafficOf(words)
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
    const error = await explain(thrown, argv)
    if (error instanceof UsageError || error instanceof FormatError) {
      say(error.message)
      if (error instanceof UsageError) for (const choice of error.choices) process.stderr.write(`  ${choice}\n`)
      return EXIT.failed
    }
    throw error
  } finally {
    tellTraffic()
  }
}

/** The path that a file URL means. */
function localPath(word: string): string {
  if (!/^file:\/\//i.test(word)) return word
  try {
    return fileURLToPath(word)
  } catch {
    throw new UsageError(`${word}: is not the URL of a file of this machine`)
  }
}

/** What tells the requests to servers since now, if the words have a URL. */
async function trafficOf(words: readonly string[]): Promise<() => void> {
  if (!words.some(isUrl)) return () => {}
  const { httpTraffic } = await import('../platform/node/http-source.ts')
  const before = { ...httpTraffic() }
  return () => {
    const { requests, bytes } = httpTraffic()
    const count = requests - before.requests
    if (count === 0) return
    const words = `${count} ${count === 1 ? 'request' : 'requests'}`
    say(`${words}, ${formatBytes(bytes - before.bytes, 'iec')} from the server`)
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
  if (plain !== undefined) return run(plain)
  const { options } = splitAtTerminator(argv)
  if (options.includes('--version') || options.includes('-V')) {
    return run({ name: 'version', values: { verbose: options.includes('--verbose') || options.includes('-v') } })
  }
  if (options.includes('--parser-limits')) {
    const { limitsText } = await import('../present/text/limits.ts')
    process.stdout.write(limitsText(Math.min(widthOf(process.stdout), 100)))
    return EXIT.ok
  }
  if (typed.length === 0) {
    const { firstHelp } = await import('./main-help.ts')
    process.stderr.write(firstHelp(Math.min(widthOf(process.stderr), 80)))
    return EXIT.failed
  }
  const { parseYargsArguments } = await import('./yargs-arguments.ts')
  const parsed = await parseYargsArguments(argv)
  return parsed === undefined ? EXIT.ok : run(parsed)
}

async function run({ name, values: given }: ParsedCommand): Promise<ExitCode> {
  const values = withShownNames(given)
  beQuiet(values['quiet'] === true)
  const answer = (): Promise<ExitCode> => COMMANDS[name].run(values, { explain, printHelp })
  if (values['download'] !== true) return answer()
  const { withDownloads } = await import('./downloads.ts')
  return withDownloads(async () => {
    try {
      return await answer()
    } catch (error) {
      // To name what is no image, we read it before it is removed.
      throw error instanceof FormatError ? await explain(error) : error
    }
  })
}

async function printHelp(command?: string): Promise<void> {
  if (command !== undefined && !isCommandName(command)) throw (await import('./mistakes.ts')).noSuchCommand(command)
  const { printHelpOf } = await import('./yargs-arguments.ts')
  await printHelpOf(command)
}

/** The error that we show to the user. We load the code for it only if there is an error. */
async function explain(error: unknown, argv: readonly string[] = []): Promise<unknown> {
  if (error instanceof MistypedWord) return (await import('./mistakes.ts')).noSuchFile(error.word, argv)
  return error instanceof FormatError
    ? (await import('../images/explained.ts')).explained(error, imageFileOf(error.facts.source))
    : error
}
