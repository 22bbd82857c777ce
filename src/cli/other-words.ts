import type { Options } from './definition.ts'

/** Command lines, by the words that other programs have for what they do. */
const COMMAND_LINES: readonly (readonly [line: string, words: readonly string[]])[] = [
  ["isoscope ls IMAGE --find '*NAME*'", ['find', 'search', 'locate', 'grep', 'where']],
  ['isoscope ls --du IMAGE', ['du', 'ncdu', 'dust', 'size', 'sizes']],
  ['isoscope ls -lR IMAGE', ['files', 'list', 'dir', 'contents']],
  ['isoscope IMAGE', ['info', 'show', 'summary', 'analyze', 'analyse', 'inspect', 'kernel', 'stat']],
  ['isoscope IMAGE -o report.json', ['save', 'snapshot']],
  ['isoscope IMAGE --in initrd', ['initrd', 'initramfs']],
  ['isoscope extract IMAGE PATH -o DIR', ['get', 'cp', 'copy', 'unpack', 'unsquashfs', 'x']],
  ['isoscope explore IMAGE', ['tui', 'browse', 'browser', 'interactive', 'walk']],
  ['isoscope html IMAGE -o page.html', ['page', 'map', 'treemap', 'web', 'share']],
  ['isoscope diff OLD NEW', ['compare', 'changes']],
  ['isoscope without IMAGE NAME', ['remove', 'rm', 'what-if', 'whatif', 'drop']],
  ['isoscope cuts IMAGE', ['cut']],
  ['isoscope why-depends IMAGE NAME', ['depends']],
  ['isoscope referrers IMAGE NAME', ['rdepends', 'dependents']],
  ['isoscope refs IMAGE NAME', ['deps', 'dependencies']],
  ['isoscope duplicates IMAGE', ['dups', 'dupes', 'dedup']],
  ['isoscope advise IMAGE', ['slim', 'shrink', 'optimize', 'optimise', 'advice', 'hints']],
  ['isoscope advise IMAGE --packing', ['compression', 'compress', 'compressor', 'packing']],
  ['isoscope check IMAGE --max SIZE', ['limit', 'limits', 'budget', 'guard']],
  ['isoscope verify IMAGE', ['hash', 'hashes', 'checksum', 'test']],
  ['isoscope export -f dot IMAGE', ['graph', 'dot']],
  ['isoscope sbom IMAGE -o sbom.spdx.json', ['spdx']],
  ['isoscope sbom IMAGE -o sbom.cdx.json', ['cyclonedx', 'cdx']],
]

/** The command line that does what another program means by a word; undefined if we know none. */
export function commandLineFor(word: string): string | undefined {
  return COMMAND_LINES.find(([, words]) => words.includes(word.toLowerCase()))?.[0]
}

/** Options by the names that other programs have for them, the likelier first: the option, and perhaps its value. */
const OPTIONS: ReadonlyMap<string, readonly (readonly [option: string, value?: string])[]> = new Map([
  ['all', [['top', '0']]],
  ['against', [['base']]],
  ['budget', [['max']]],
  ['C', [['output']]],
  ['colour', [['color']]],
  ['csv', [['format', 'csv']]],
  ['dest', [['output']]],
  ['directory', [['by', 'directory'], ['output']]],
  ['dry-run', [['list']]],
  ['html', [['format', 'html']]],
  ['json', [['format', 'cyclonedx']]],
  ['L', [['depth']]],
  ['limit', [['max'], ['top']]],
  ['markdown', [['format', 'md']]],
  ['max-size', [['max']]],
  ['md', [['format', 'md']]],
  ['ndjson', [['format', 'ndjson']]],
  ['output-dir', [['output']]],
  ['rows', [['top']]],
  ['S', [['sort', 'size']]],
  ['spdx', [['format', 'spdx']]],
  ['to', [['output']]],
  ['tsv', [['format', 'tsv']]],
])

/** Values by other words for them. */
const VALUES: ReadonlyMap<string, string> = new Map([['path', 'name']])

/** The value that the user named otherwise; undefined if it is none of the choices. */
export function valueFor(word: string, choices: readonly string[]): string | undefined {
  const found = VALUES.get(word)
  return found !== undefined && choices.includes(found) ? found : undefined
}

/** What a command calls an option that the user named otherwise: "--format md"; undefined if it has none. */
export function optionFor(name: string, options: Options): string | undefined {
  const found = OPTIONS.get(name)?.find(([option, value]) => {
    const { choices } = options[option] ?? {}
    return Object.hasOwn(options, option) && (value === undefined || choices === undefined || choices.includes(value))
  })
  return found === undefined ? undefined : `--${found.join(' ')}`
}
