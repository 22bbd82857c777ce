import { COMMANDS, isCommandName } from './commands.ts'

/** Former names of options, which old scripts still use. */
const OLD_NAMES: ReadonlyMap<string, string> = new Map([
  ['--limit', '--parser-limit'],
  ['--limits', '--parser-limits'],
])

/** The words of a command line before `--`, and those after it, which are never options. */
export function splitAtTerminator(argv: readonly string[]): { options: readonly string[]; rest: readonly string[] } {
  const end = argv.indexOf('--')
  return end < 0 ? { options: argv, rest: [] } : { options: argv.slice(0, end), rest: argv.slice(end + 1) }
}

/**
 * Rewrites a command line to the one spelling that we read. It replaces former option names, turns `-o -` into
 * `--output=-`, and `--no-color` into `--color=never`, which it drops for commands without colour.
 */
export function oneSpelling(argv: readonly string[]): readonly string[] {
  const { options: words } = splitAtTerminator(argv)
  const [first = ''] = argv
  const { options } = COMMANDS[isCommandName(first) ? first : 'report']
  const spelled: string[] = []
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index]!
    const [name = '', value] = word.split(/=(.*)/s)
    // Today `--limit 480MiB` means something else to most, so the old name needs a value as of old.
    const isOld = name !== '--limit' || (value ?? words[index + 1] ?? '').includes('=')
    const known = isOld ? OLD_NAMES.get(name) : undefined
    if (known !== undefined) spelled.push(value === undefined ? known : `${known}=${value}`)
    else if (word === '--no-color') spelled.push(...('color' in options ? ['--color=never'] : []))
    else if ((word === '-o' || word === '--output') && words[index + 1] === '-') {
      spelled.push('--output=-')
      index += 1
    } else spelled.push(word)
  }
  return [...spelled, ...argv.slice(words.length)]
}
