import { COMMON_OPTIONS, DEFAULT_COMMAND, type ShownCommand, type ShownOption } from './completion/grammar.ts'
import { CONFIG_NAME, USER_CONFIG_NAME, VARIABLE_PREFIX } from './config-files.ts'
import type { Example } from './definition.ts'
import { EXIT_CODES, FIRST_STEPS, INSIDE, PURPOSE, SIZES } from './help-words.ts'

/** The manual page in the language of man(7). The build writes it to dist/isoscope.1. */
export function manPage(commands: readonly ShownCommand[], version: string): string {
  return [
    '.\\" Made from the table of commands; changes here are lost.',
    `.TH ISOSCOPE 1 "" "isoscope ${version}" "User Commands"`,
    '.SH NAME',
    'isoscope \\- what every byte of a NixOS ISO is for',
    '.SH SYNOPSIS',
    ...synopsis(commands),
    '.SH DESCRIPTION',
    escaped(PURPOSE),
    `If the first word is no command, the command is ${bold(DEFAULT_COMMAND)}.`,
    'Results go to standard output, and all else to standard error.',
    `${escaped(INSIDE[0])}:`,
    ...example(INSIDE[1]),
    'These options are known to all commands:',
    ...COMMON_OPTIONS.flatMap(optionItem),
    '.SH COMMANDS',
    ...commands.flatMap(commandSection),
    '.SH SIZES',
    ...SIZES.flatMap(([word, meaning]) => item(bold(word), escaped(meaning))),
    '.SH "EXIT STATUS"',
    ...EXIT_CODES.flatMap(([code, meaning]) => item(bold(String(code)), `${escaped(meaning)}.`)),
    '.SH ENVIRONMENT',
    ...item(
      bold(`${VARIABLE_PREFIX}OPTION`),
      `a default for an option: ${bold(`${VARIABLE_PREFIX}FULL_PATHS=true`)}, ${bold(`${VARIABLE_PREFIX}TOP=40`)}. What is typed wins over it.`,
    ),
    '.SH FILES',
    ...item(italic(CONFIG_NAME), `rules for ${bold('isoscope check')}, and defaults for options`),
    ...item(italic(`~/.config/isoscope/${USER_CONFIG_NAME}`), 'defaults for options; the file above wins over it'),
    ...item(italic('~/.cache/isoscope'), `what was found out about images; see ${bold('isoscope cache')}`),
    '.SH EXAMPLES',
    ...FIRST_STEPS.flatMap(exampleOf),
    '',
  ].join('\n')
}

function synopsis(commands: readonly ShownCommand[]): readonly string[] {
  return commands.flatMap((command, index) => [
    ...(index === 0 ? [] : ['.br']),
    `${bold('isoscope')} ${usage(command)} [${italic('options')}]`,
  ])
}

/** "why <image> <names..>" */
function usage({ name, positionals }: ShownCommand): string {
  const words = positionals.map(({ name: word, required, variadic }) => {
    const shown = `${italic(word)}${variadic ? ' ...' : ''}`
    return required ? shown : `[${shown}]`
  })
  return [name === DEFAULT_COMMAND ? `[${bold(name)}]` : bold(name), ...words].join(' ')
}

function commandSection(command: ShownCommand): readonly string[] {
  const { describe, examples, positionals, options } = command
  return [
    `.SS "isoscope ${escaped(command.name)}"`,
    `${bold('isoscope')} ${usage(command)}`,
    '.PP',
    `${capital(escaped(describe))}.`,
    ...positionals.flatMap(({ name, describe: what, choices }) =>
      item(italic(name), `${escaped(what)}${choicesText(choices)}`),
    ),
    ...options.flatMap(optionItem),
    ...(examples.length === 0 ? [] : ['.PP', 'Examples:', ...examples.flatMap(exampleOf)]),
  ]
}

function optionItem(option: ShownOption): readonly string[] {
  const { long, short, describe, takesValue, choices } = option
  const value = takesValue ? ` ${italic(long)}` : ''
  const names = [...(short === undefined ? [] : [bold(`-${short}`)]), bold(`--${long}`)].join(', ')
  const byDefault = option.default === undefined ? '' : `; ${escaped(option.default)} by default`
  return item(`${names}${value}`, `${escaped(describe)}${choicesText(choices)}${byDefault}`)
}

function choicesText(choices: readonly string[]): string {
  return choices.length === 0 ? '' : `: ${choices.map(bold).join(', ')}`
}

function item(tag: string, text: string): readonly string[] {
  return ['.TP', tag, text]
}

function exampleOf([line, answer]: Example): readonly string[] {
  return ['.PP', `${capital(escaped(answer))}:`, ...example(line)]
}

function example(line: string): readonly string[] {
  return ['.PP', '.nf', `.RS\n${escaped(line)}\n.RE`, '.fi', '.PP']
}

function bold(text: string): string {
  return `\\fB${escaped(text)}\\fR`
}

function italic(text: string): string {
  return `\\fI${escaped(text)}\\fR`
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Text as groff shows it: a hyphen in a command line is a minus sign, and no line begins a request. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('~', '\\(ti')
    .replace(/^\./gm, '\\&.')
}
