import { nameAndText, wrap, wrapPhrases } from '../present/text/wrap.ts'
import { COMMAND_NAMES, COMMANDS } from './commands.ts'
import { type Example, GROUPS, type Group } from './definition.ts'
import { EXIT_CODES, FIRST_STEPS, INSIDE, PURPOSE, SIZES } from './help-words.ts'

const GROUP_WORDS: Readonly<Record<Group, string>> = {
  look: 'Look at an image',
  explain: 'Explain what is in it',
  compare: 'Compare images',
  guard: 'Guard an image',
  more: 'More',
}

/** What `isoscope` prints without arguments: first steps, and the names of the commands. */
export function firstHelp(width: number): string {
  const lines = [
    ...wrap(PURPOSE, width),
    '',
    ...columns(FIRST_STEPS, width),
    '',
    ...columns(
      GROUPS.map((group) => [group, namesOf(group).join(', ')] as const),
      width,
    ),
    '',
    ...wrap('isoscope help COMMAND shows options and examples; isoscope help says more.', width),
  ]
  return `${lines.join('\n')}\n`
}

/** What `isoscope --help` prints: each command in a line, the words, and the exit codes. */
export function mainHelp(width: number): string {
  const lines = [
    ...wrap(PURPOSE, width),
    '',
    ...columns(
      [
        ['isoscope IMAGE', 'the report; isoscope help report has its options'],
        ['isoscope COMMAND ...', 'isoscope help COMMAND shows options and examples'],
      ],
      width,
    ),
    ...GROUPS.flatMap((group) => [
      '',
      `${GROUP_WORDS[group]}:`,
      ...columns(
        namesOf(group).map((name) => [name, COMMANDS[name].describe] as const),
        width,
        COMMAND_NAMES,
      ),
    ]),
    '',
    'Sizes:',
    ...columns(SIZES, width),
    '',
    ...wrap(INSIDE.join(': '), width, '  '),
    ...wrap(`Exit code: ${EXIT_CODES.map(([code, meaning]) => `${code} ${meaning}`).join(', ')}.`, width, '  '),
  ]
  return `${lines.join('\n')}\n`
}

/** The examples at the end of a command's help. Each command line can be copied: it has a line of its own if it is long. */
export function examplesHelp(examples: readonly Example[], width: number): string {
  const widest = Math.max(...examples.map(([line]) => line.length))
  const isTable = examples.every(([, what]) => widest + what.length + 4 <= width)
  const lines = examples.flatMap(([line, what]) =>
    isTable
      ? [`  ${line.padEnd(widest)}  ${what}`]
      : [`  ${what}:`, ...wrapPhrases(line.split(' '), width - 4, '  ').map((part) => `    ${part}`)],
  )
  return ['', 'Examples:', ...lines, ''].join('\n')
}

function namesOf(group: Group): readonly (typeof COMMAND_NAMES)[number][] {
  return COMMAND_NAMES.filter((name) => COMMANDS[name].group === group)
}

/**
 * Names and what they mean, in two columns.
 * @param all names that the first column is as wide as
 */
function columns(
  rows: readonly (readonly [name: string, text: string])[],
  width: number,
  all: readonly string[] = rows.map(([name]) => name),
): readonly string[] {
  const widest = Math.max(...all.map(({ length }) => length))
  const indent = ' '.repeat(widest + 4)
  return rows.flatMap(([name, text]) =>
    widest > width / 2
      ? nameAndText(`  ${name}`, '  ', text, width, '    ')
      : wrap(text, width - indent.length).map((line, at) => (at === 0 ? `  ${name.padEnd(widest)}  ` : indent) + line),
  )
}
