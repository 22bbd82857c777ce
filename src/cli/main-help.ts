import { nameAndText, wrap } from '../present/text/wrap.ts'
import { COMMAND_NAMES, COMMANDS } from './commands.ts'
import { GROUPS, type Group } from './definition.ts'

const WHAT = 'isoscope says what every byte of a NixOS ISO, any ISO9660 image or any squashfs is for.'

const GROUP_WORDS: Readonly<Record<Group, string>> = {
  look: 'Look at an image',
  explain: 'Explain what is in it',
  compare: 'Compare images',
  guard: 'Guard an image',
  more: 'More',
}

const FIRST_STEPS: readonly (readonly [string, string])[] = [
  ['isoscope nixos.iso', 'what it is made of, to the byte'],
  ['isoscope why nixos.iso perl', 'who pulls it in, and what a cut frees'],
  ['isoscope diff old.iso new.iso', 'what changed'],
]

const SIZES: readonly (readonly [string, string])[] = [
  ['own', 'bytes in the image file. They add up to the file, exactly.'],
  ['retained', 'own bytes that go when nothing refers to it any more.'],
  ['closure', 'own bytes of all that is reached from it. These two are never summed.'],
  ['unpacked', 'content bytes before compression, as du --apparent-size shows them.'],
]

/** What `isoscope` prints without arguments: first steps, and the names of the commands. */
export function firstHelp(width: number): string {
  const lines = [
    ...wrap(WHAT, width),
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
    ...wrap(WHAT, width),
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
    ...wrap('An image inside an image is a folder: isoscope ls nixos.iso /nix-store.squashfs/', width, '  '),
    ...wrap('Exit code: 0 done, 1 the answer is no, 2 could not answer, or not in full.', width, '  '),
  ]
  return `${lines.join('\n')}\n`
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
