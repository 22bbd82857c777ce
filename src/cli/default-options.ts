import { COMMAND_NAMES, COMMANDS, type CommandName } from './commands.ts'
import { CONFIG_KEYS, type DefaultPlaces, USER_CONFIG_KEYS, VARIABLE_PREFIX } from './config-files.ts'
import { ConfigError, entriesOf, type Located, meant, objectOf, readConfigJson, wrong } from './config-json.ts'
import type { Option, Options } from './definition.ts'
import { UsageError } from './exit-codes.ts'
import { takeApart } from './mistakes.ts'
import { nearest } from './nearest.ts'
import { splitAtTerminator } from './spellings.ts'

/** The key for defaults of all commands that have the option. */
const ALL_COMMANDS = 'all'

/**
 * Options without defaults, because a file with defaults may come with a folder from anywhere. They write or remove, name
 * images, run programs, lift limits, or carry secrets.
 */
export const ONLY_TYPED: readonly string[] = [
  ...['output', 'output-dir', 'force', 'clear'],
  'packing',
  'parser-limit',
  ...['files-from', 'header', 'download', 'redis'],
]

/** Options that are answered at once, also when a default is wrong. */
const ANSWERED: readonly string[] = ['--help', '-h', '--version', '-V', '--parser-limits']

/** A default: the words of a command line that stand for it. */
interface Default {
  readonly key: string
  /** None for a flag that is not to be set. */
  readonly words: readonly string[]
  /** What the user calls it: "defaults.report.sort". */
  readonly place: string
}

/** Defaults for one command from one place, those for the command before those for all. */
type Source = readonly Default[]

/** @throws {UsageError} if a default is wrong, whichever command it is for */
export function addDefaults(argv: readonly string[], { env, folder, user }: DefaultPlaces): readonly string[] {
  const { options: words, rest } = splitAtTerminator(argv)
  if (words.some((word) => ANSWERED.includes(word))) return argv
  const { name, options: typed } = takeApart(argv)
  const sources: readonly Source[] = [
    fromEnvironment(env, name),
    ...(folder === undefined ? [] : [readConfigJson(folder, (top) => fromFile(top, CONFIG_KEYS, name))]),
    ...(user === undefined ? [] : [readConfigJson(user, (top) => fromFile(top, USER_CONFIG_KEYS, name))]),
  ]
  const added = chosen(COMMANDS[name].options, new Set(typed.map((token) => token.name)), sources)
  return [...words, ...added, ...(rest.length < argv.length - words.length ? ['--', ...rest] : [])]
}

/** The words of the defaults that apply: nobody nearer to the user decided otherwise, or excluded the option. */
function chosen(options: Options, typed: ReadonlySet<string>, sources: readonly Source[]): readonly string[] {
  const decided = new Set(typed)
  const words: string[] = []
  /** The options that apply, and the place of each; undefined for a typed one. */
  const active = new Map<string, string | undefined>([...typed].map((key) => [key, undefined]))
  for (const source of sources) {
    const here = new Set(source.map(({ place }) => place))
    for (const { key, words: own, place } of source) {
      if (decided.has(key)) continue
      decided.add(key)
      if (own.length === 0) continue
      const other = [...active.keys()].find((known) => isExcluded(options, key, known))
      const otherPlace = other === undefined ? undefined : active.get(other)
      if (otherPlace !== undefined && here.has(otherPlace)) {
        throw new UsageError(`${otherPlace} and ${place} exclude each other`)
      }
      if (other !== undefined) continue
      active.set(key, place)
      words.push(...own)
    }
  }
  return words
}

function isExcluded(options: Options, a: string, b: string): boolean {
  return options[a]?.conflicts === b || options[b]?.conflicts === a
}

function fromFile(top: Located, keys: readonly string[], command: CommandName): Source {
  const defaults = objectOf(top, keys)('defaults')
  const found = new Map<string, Source>()
  for (const [name, given] of entriesOf(defaults)) {
    const commands = name === ALL_COMMANDS ? COMMAND_NAMES : COMMAND_NAMES.filter((known) => known === name)
    if (commands.length === 0) {
      throw wrong(given, `is not a command${meant(name, [ALL_COMMANDS, ...COMMAND_NAMES])}`)
    }
    found.set(
      name,
      entriesOf(given).flatMap(([key, value]) => defaultFor(command, commands, key, value)),
    )
  }
  return [...(found.get(command) ?? []), ...(found.get(ALL_COMMANDS) ?? [])]
}

function fromEnvironment(env: DefaultPlaces['env'], command: CommandName): Source {
  try {
    return Object.entries(env).flatMap(([variable, text = '']) => {
      if (!variable.startsWith(VARIABLE_PREFIX) || text === '') return []
      const key = variable.slice(VARIABLE_PREFIX.length).toLowerCase().replaceAll('_', '-')
      // A build may have variables of its own that begin like ours: ISOSCOPE_VERSION.
      if (!isLikeOption(key)) return []
      return defaultFor(command, COMMAND_NAMES, key, { value: text, place: variable })
    })
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(error.message)
    throw error
  }
}

/**
 * A default for a command, or none if it is for others. One for several commands applies to those that accept its value.
 * @param commands those that it is given for
 * @throws {ConfigError} if none of them accepts it
 */
function defaultFor(command: CommandName, commands: readonly CommandName[], key: string, given: Located): Source {
  if (ONLY_TYPED.includes(key)) {
    throw wrong(
      given,
      'is refused: what writes, names images, runs programs, lifts limits or carries secrets must be typed in each command',
    )
  }
  if (key === 'no-color') throw wrong(given, 'is refused: set color to never instead')
  const withOption = commands.filter((name) => visibleNames(name).includes(key))
  const [first] = withOption
  if (first === undefined) {
    const known = [...new Set(commands.flatMap(visibleNames))].filter((name) => !ONLY_TYPED.includes(name))
    const whose = commands.length === 1 ? ` of ${commands[0]}` : ''
    const long = commands.flatMap((name) => longNameOf(name, key) ?? [])[0]
    throw wrong(
      given,
      `is not an option${whose}${long === undefined ? meant(key, known) : `; did you mean "${long}"?`}`,
    )
  }
  const accepting = withOption.filter((name) => !('problem' in wordsOf(key, optionOf(name, key), given.value)))
  const judged = wordsOf(
    key,
    optionOf(accepting.includes(command) ? command : (accepting[0] ?? first), key),
    given.value,
  )
  if ('problem' in judged) throw wrong(given, judged.problem)
  return accepting.includes(command) ? [{ key, words: judged.words, place: given.place }] : []
}

/** Whether a name is that of an option, or nearly. */
function isLikeOption(key: string): boolean {
  return ['no-color', ...ONLY_TYPED].includes(key) || nearest(key, COMMAND_NAMES.flatMap(visibleNames)) !== undefined
}

function visibleNames(name: CommandName): readonly string[] {
  return Object.entries<Option>(COMMANDS[name].options).flatMap(([key, { hidden }]) => (hidden === true ? [] : key))
}

/** The option of a command that has this letter; undefined if none has. */
function longNameOf(name: CommandName, letter: string): string | undefined {
  return Object.entries<Option>(COMMANDS[name].options).find(([, { alias }]) => alias === letter)?.[0]
}

function optionOf(name: CommandName, key: string): Option {
  const options: Options = COMMANDS[name].options
  return options[key]!
}

/** How a command line says that an option has a value; or what is wrong with the value. */
function wordsOf(
  key: string,
  { type, array, choices }: Option,
  value: unknown,
): { readonly words: readonly string[] } | { readonly problem: string } {
  if (type === 'boolean') {
    const flag = FLAGS.get(String(value))
    return flag === undefined ? { problem: 'must be true or false' } : { words: flag ? [`--${key}`] : [] }
  }
  if (type === 'number') {
    return /^\d{1,9}$/.test(String(value))
      ? { words: [`--${key}=${value}`] }
      : { problem: 'must be a whole number, 0 or more' }
  }
  const texts = array === true && Array.isArray(value) ? value : [value]
  if (!texts.every((text) => (typeof text === 'string' && text !== '') || typeof text === 'number')) {
    return { problem: array === true ? 'must be text, or a list of texts' : 'must be text' }
  }
  const other = texts.map(String).find((text) => choices?.includes(text) === false)
  if (other !== undefined) {
    return { problem: `is none of ${choices!.join(', ')}: "${other}"${meant(other, choices!)}` }
  }
  return { words: texts.map((text) => `--${key}=${text}`) }
}

/** What a flag may be set to, in JSON and in a variable. */
const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
])
