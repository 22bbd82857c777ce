import type { Case } from './case.ts'
import { isoinfo, linux, type Reader, rdsquashfs, sevenZip, unsquashfs, xorriso } from './readers.ts'
import { makeSample } from './squashfs-sample.ts'

export type TableFormat = 'squashfs' | 'ISO 9660'

/** The columns of each table, before that of isoscope. */
export const READERS_OF: Readonly<Record<TableFormat, readonly Reader[]>> = {
  squashfs: [unsquashfs, rdsquashfs, sevenZip, linux('squashfs', () => makeSample().bytes)],
  'ISO 9660': [xorriso, isoinfo, sevenZip],
}

const INTRODUCTION = `# What readers bear of wrong fields

Each row is one sound image with one field changed. Each reader unpacks both, and what it shows is compared: names,
types, modes, owners, times of files, targets, attributes and contents. \`test/agreement/lenience.test.ts\` makes the
images, measures every cell with the programs that are installed, and checks that this page agrees;
\`UPDATE_EXPECTED=1\` rewrites the page from \`test/agreement/lenience/\`. Linux is a loop mount as root.

| word | meaning |
| --- | --- |
| all | shows the same as of the sound image |
| part | lacks names, contents or attributes |
| wrong | shows something that is not so; of a reader that fails, names that are not there |
| refuses | shows nothing |
| , warns | says that something is wrong, and ends with exit code 0 |
| , fails | ends with another exit code; in Linux, an error from a system call. isoscope: exit code 2 |
| - | never shown by this reader |

The rule: where Linux and one more reader show everything, isoscope does too, and tells what is odd. It stays strict
where that could make a wrong answer of a sound or a damaged image; the note then says why.
`

const NOTES: Readonly<Record<TableFormat, string>> = {
  squashfs: `
Nothing in the images is compressed, so that every field can be changed; the writer is that of the tests. 7zz shows
neither owners nor attributes.

A directory's size is read in three ways. unsquashfs and Linux take 3 off, look at the size only where a header may
begin, and then read as many entries as the header counts. libsquashfs, which rdsquashfs uses, takes nothing off, and
ends where the next header or entry does not fit. 7zz takes 3 off, and refuses what does not end there. isoscope takes
3 off for headers and nothing for entries, so it reads what these three agree on.
`,
  'ISO 9660': `
Plain names, no extensions. Linux is not measured: the kernel of the machine that measured has no ISO 9660. xorriso is
run with \`-report_about WARNING\`, isoinfo with \`-f\` and then \`-x\` for each name.
`,
}

/** docs/lenience.md. */
export function document(cases: Readonly<Record<TableFormat, readonly Case[]>>): string {
  const sections = (['squashfs', 'ISO 9660'] as const).map((format) => section(format, cases[format]))
  return [INTRODUCTION, ...sections].join('\n')
}

function section(format: TableFormat, cases: readonly Case[]): string {
  const readers = READERS_OF[format].map(({ name, version }) => `${name} ${version}`)
  const columns = ['field', 'what is wrong', ...readers, 'isoscope', 'before', 'note']
  const lines = [`## ${format}`, NOTES[format]]
  let structure = ''
  for (const one of cases) {
    if (one.structure !== structure) {
      structure = one.structure
      if (lines.length > 2) lines.push('')
      lines.push(`### ${format}: ${structure}`, '', row(columns), row(columns.map(() => '---')))
    }
    const { field, change, readers: verdicts, isoscope, before = '', why = '' } = one
    lines.push(row([field, change, ...verdicts, isoscope, before, why]))
  }
  return `${lines.join('\n')}\n`
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`.replaceAll('  |', ' |')
}
