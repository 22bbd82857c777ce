/** An option of a command, in the terms of yargs. */
export interface Option {
  readonly type: 'string' | 'number' | 'boolean'
  /** Its line in the help. */
  readonly describe: string
  /** Its one-letter name. */
  readonly alias?: string
  /** The values that it accepts. */
  readonly choices?: readonly string[]
  /** Its value if the user does not give it. */
  readonly default?: string | number
  /** Whether it may be given several times. */
  readonly array?: true
  /** Whether the command requires it. */
  readonly demandOption?: true
  /** An option that cannot be combined with it. */
  readonly conflicts?: string
  /** Whether the help leaves it out. */
  readonly hidden?: true
}

export type Options = Readonly<Record<string, Option>>

export interface Positional {
  readonly name: string
  /** Its description for a sentence: "an image". */
  readonly what: string
  readonly describe: string
  readonly required: boolean
  /** Whether it takes all further words, as an array. Only the last positional may. */
  readonly variadic?: true
}

/** What commands are for, in the order of the main help. */
export const GROUPS = ['look', 'explain', 'compare', 'guard', 'more'] as const

export type Group = (typeof GROUPS)[number]

export type Example = readonly [line: string, what: string]

/** The arguments of a command. The argument readers, the help and the type of the arguments derive from it. */
export interface Definition {
  readonly describe: string
  /** What the command is for, as the main help has it. */
  readonly group: Group
  /** Command lines for its help, and what each is for. */
  readonly examples: readonly Example[]
  readonly positionals: readonly Positional[]
  readonly options: Options
}

/** The arguments of a command: each positional and each option, under its name in code. */
export type ArgumentsOf<D extends Definition> = Flat<WordsOf<D['positionals'][number]> & ValuesOf<D['options']>>

/** The values of options, under their names in code. */
export type ValuesOf<O extends Options> = Flat<
  { readonly [Key in SureKeys<O> as CamelCase<Key>]: ValueOf<O[Key]> } & {
    readonly [Key in Exclude<keyof O & string, SureKeys<O>> as CamelCase<Key>]?: ValueOf<O[Key]> | undefined
  }
>

/** Options that always have a value. */
type SureKeys<O extends Options> = {
  [Key in keyof O & string]: O[Key] extends { default: string | number } | { demandOption: true } ? Key : never
}[keyof O & string]

type ValueOf<O extends Option> = O extends { array: true } ? readonly OneValueOf<O>[] : OneValueOf<O>

type OneValueOf<O extends Option> = O extends { type: 'boolean' }
  ? boolean
  : O extends { type: 'number' }
    ? number
    : O extends { choices: readonly (infer Choice)[] }
      ? Choice
      : string

type WordsOf<P extends Positional> = {
  readonly [Word in Extract<P, { required: true }> as Word['name']]: WordOf<Word>
} & {
  readonly [Word in Extract<P, { required: false }> as Word['name']]?: WordOf<Word> | undefined
}

type WordOf<P extends Positional> = P extends { variadic: true } ? readonly string[] : string

/** "full-paths" is fullPaths in code, as in yargs. */
type CamelCase<Key extends string> = Key extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Key

/** An intersection as one object type, so that the compiler's messages show it as one. */
type Flat<T> = { [Key in keyof T]: T[Key] }

/** `CamelCase` at run time. */
export function camelCase(key: string): string {
  return key.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/** Whether an argument reader gave each argument the type in its definition. */
export function isArgumentsOf<D extends Definition>(
  { positionals, options }: D,
  values: object,
): values is ArgumentsOf<D> {
  const given = new Map<string, unknown>(Object.entries(values))
  return (
    positionals.every(({ name, required, variadic }) =>
      isTyped(given.get(name), 'string', variadic === true, required),
    ) &&
    Object.entries(options).every(([key, { type, array, choices, ...option }]) => {
      const value = given.get(camelCase(key))
      const isSure = option.default !== undefined || option.demandOption === true
      return (
        isTyped(value, type, array === true, isSure) &&
        (choices === undefined || [value ?? []].flat().every((each) => choices.includes(String(each))))
      )
    })
  )
}

function isTyped(value: unknown, type: Option['type'], isArray: boolean, isSure: boolean): boolean {
  if (value === undefined) return !isSure
  return isArray ? Array.isArray(value) && value.every((each) => typeof each === type) : typeof value === type
}
