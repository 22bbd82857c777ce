import { COMMANDS, isCommandName } from './commands.ts'

/** Names that options had before, which old scripts still give. */
const OLD_NAMES: ReadonlyMap<string, string> = new Map([
  ['--limit', '--parser-limit'],
  ['--limits', '--parser-limits'],
])

/** The words of a command line up to `--`, and those behind it, which are no options whatever they begin with. */
export function splitAtTerminator(argv: readonly string[]): { options: readonly string[]; rest: readonly string[] } {
  const end = argv.indexOf('--')
  return end < 0 ? { options: argv, rest: [] } : { options: argv.slice(0, end), rest: argv.slice(end + 1) }
}

/**
 * A command line in the one spelling that is read: old names of options replaced, `-o -` as `--output=-`, and
 * `--no-color` as `--color=never`, which a command that prints no colour has no need of.
 */
export function oneSpelling(argv: readonly string[]): readonly string[] {
  const { options: words } = splitAtTerminator(argv)
  const [first = ''] = argv
  const { options } = COMMANDS[isCommandName(first) ? first : 'report']
  const spelled: string[] = []
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index]!
    const [name = '', value] = word.split(/=(.*)/s)
    const known = OLD_NAMES.get(name)
    if (known !== undefined) spelled.push(value === undefined ? known : `${known}=${value}`)
    else if (word === '--no-color') spelled.push(...('color' in options ? ['--color=never'] : []))
    else if ((word === '-o' || word === '--output') && words[index + 1] === '-') {
      spelled.push('--output=-')
      index += 1
    } else spelled.push(word)
  }
  return [...spelled, ...argv.slice(words.length)]
}
