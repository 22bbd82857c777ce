import type { Completable } from '../definition.ts'
import { DEFAULT_COMMAND, optionsOf, quotedForShell, type ShownCommand, type ShownOption } from './grammar.ts'

const ACTIONS: Readonly<Record<Completable, string>> = {
  file: '_files',
  directory: '_files -/',
  storePath: '_isoscope_store_paths',
  // Words that the table knows become choices.
  command: ' ',
}

/** A completion script for zsh 5 and later. */
export function zshCompletion(commands: readonly ShownCommand[]): string {
  const shared = sharedOptions(commands)
  return `#compdef isoscope
# zsh completion for isoscope. Put it as _isoscope into a folder of $fpath,
# or write in ~/.zshrc, after compinit: source <(isoscope completion zsh)

_isoscope() {
  local -a commands
  commands=(
${commands.map(({ name, describe }) => `    ${quotedForShell(`${name.replaceAll(':', '\\:')}:${describe}`)}`).join('\n')}
  )
  local program=$words[1] image command=${DEFAULT_COMMAND}
  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
    _describe -t commands command commands
    _files
    return
  fi
  case $words[2] in
    (${commands.map(({ name }) => name).join('|')})
      command=$words[2]
      shift words
      (( CURRENT -= 1 ))
      ;;
  esac
  # Options that the same commands have.
${shared.map(({ array, specs }) => `  local -a ${array}=(\n    ${specs.join('\n    ')}\n  )`).join('\n')}
  case $command in
${commands.map((command) => commandCase(command, shared)).join('\n')}
  esac
}

# The store paths of an image, of which isoscope knows from an earlier run. The image is the first file of the line.
_isoscope_store_paths() {
  local word
  local -a names
  for word in $words[2,-1]; do
    word=\${(Q)word}
    word=\${word/#\\~/$HOME}
    [[ -f $word ]] && names=(\${(f)"$($program completion zsh --names $word 2>/dev/null)"}) && break
  done
  (( $#names )) && compadd -a names
}

if [[ $funcstack[1] == _isoscope ]]; then
  _isoscope "$@"
else
  compdef _isoscope isoscope
fi
`
}

/** Options that several commands have, and no other one. */
interface SharedOptions {
  /** The variable of the script that has them. */
  readonly array: string
  readonly specs: readonly string[]
  readonly commands: readonly ShownCommand[]
}

/** Without arrays of what commands have in common, the script would be twice as long. */
function sharedOptions(commands: readonly ShownCommand[]): readonly SharedOptions[] {
  const users = new Map<string, ShownCommand[]>()
  for (const command of commands) {
    for (const spec of optionsOf(command).map(optionSpec)) users.set(spec, [...(users.get(spec) ?? []), command])
  }
  const groups = new Map<string, { specs: string[]; commands: readonly ShownCommand[] }>()
  for (const [spec, some] of users) {
    const id = some.map(({ name }) => name).join()
    const known = groups.get(id) ?? { specs: [], commands: some }
    known.specs.push(spec)
    groups.set(id, known)
  }
  return [...groups.values()]
    .filter(({ commands: some }) => some.length > 1)
    .map((group, at) => ({ array: `shared${at + 1}`, ...group }))
}

function commandCase(command: ShownCommand, shared: readonly SharedOptions[]): string {
  const groups = shared.filter(({ commands }) => commands.includes(command))
  const isShared = new Set(groups.flatMap(({ specs: some }) => some))
  const specs = [
    ...groups.map(({ array }) => `$${array}`),
    ...optionsOf(command)
      .map(optionSpec)
      .filter((spec) => !isShared.has(spec)),
    ...command.positionals.map(({ name, completes, choices, required, variadic }) => {
      const action = completes === undefined ? `(${choices.join(' ')})` : ACTIONS[completes]
      const start = variadic ? '*' : required ? '' : ':'
      return quotedForShell(`${start}:${escaped(name)}:${action}`)
    }),
  ]
  return `    (${command.name})\n      _arguments -s -S \\\n        ${specs.join(' \\\n        ')}\n      ;;`
}

/** "'(-n --top)'{-n,--top}'[rows to show]:top:'" */
function optionSpec({ long, short, describe, takesValue, choices, completes }: ShownOption): string {
  const action = choices.length > 0 ? `(${choices.join(' ')})` : completes === undefined ? ' ' : ACTIONS[completes]
  const value = takesValue ? `:${escaped(long)}:${action}` : ''
  const text = quotedForShell(`[${escaped(describe)}]${value}`)
  // "=" behind a long option lets the value follow it there, too.
  const equals = takesValue ? '=' : ''
  if (short === undefined) return `'--${long}${equals}'${text}`
  return `'(-${short} --${long})'{-${short}${takesValue ? '+' : ''},--${long}${equals}}${text}`
}

function escaped(text: string): string {
  return text.replace(/[[\]:\\]/g, '\\$&')
}
