import { DEFAULT_COMMAND, optionsOf, type ShownCommand, type ShownPositional, spellings } from './grammar.ts'

/**
 * A completion script for bash 4.4 and later. It needs no other package, and runs isoscope only for store paths. Words of the
 * table have no character that means something to a shell.
 */
export function bashCompletion(commands: readonly ShownCommand[]): string {
  return `# bash completion for isoscope. Put it into ~/.local/share/bash-completion/completions/isoscope,
# or write in ~/.bashrc: source <(isoscope completion bash)

_isoscope() {
  local IFS=$' \\t\\n'
  local cur=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} at=1 command=${DEFAULT_COMMAND}
  # Readline takes = for a word of its own.
  if [[ $cur == = ]]; then
    cur=
  elif [[ $previous == = ]]; then
    previous=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  case \${COMP_WORDS[1]} in
    ${commands.map(({ name }) => name).join('|')}) (( COMP_CWORD > 1 )) && command=\${COMP_WORDS[1]} at=2 ;;
  esac
  local options valued kinds
  case $command in
${commands.map(grammarCase).join('\n')}
  esac
  COMPREPLY=()
  local index=0 image= word
  while (( at < COMP_CWORD )); do
    word=\${COMP_WORDS[at]}
    if [[ " $valued " == *" $word "* ]]; then
      [[ \${COMP_WORDS[at+1]} == = ]] && (( at += 1 ))
      (( at += 1 ))
    elif [[ $word != -* ]]; then
      (( index == 0 )) && image=$word
      (( index += 1 ))
    fi
    (( at += 1 ))
  done
  case $command:$previous in
${commands.flatMap(valueCases).join('\n')}
  esac
  if [[ " $valued " == *" $previous "* ]]; then
    return
  elif [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$cur"))
    return
  fi
  kinds=($kinds)
  local kind=\${kinds[index]}
  # What takes several words is the last of its command.
  [[ -z $kind && \${kinds[*]: -1} == *+ ]] && kind=\${kinds[*]: -1}
  if (( COMP_CWORD == 1 )); then
    COMPREPLY=($(compgen -W '${commands.map(({ name }) => name).join(' ')}' -- "$cur"))
    kind=file
  fi
  case $kind in
    file*) compopt -o default ;;
    storePath*) _isoscope_store_paths ;;
    choice:*) kind=\${kind#choice:} && COMPREPLY=($(compgen -W "\${kind//,/ }" -- "$cur")) ;;
  esac
}

# The store paths of an image, of which isoscope knows from an earlier run.
_isoscope_store_paths() {
  image=\${image//[\\\\\\'\\"]/}
  image=\${image/#~/$HOME}
  COMPREPLY=($(compgen -W "$("\${COMP_WORDS[0]/#~/$HOME}" completion bash --names "$image" 2>/dev/null)" -- "$cur"))
}

complete -F _isoscope isoscope
`
}

function grammarCase(command: ShownCommand): string {
  const options = optionsOf(command)
  const all = options.flatMap(spellings).join(' ')
  const valued = options
    .filter(({ takesValue }) => takesValue)
    .flatMap(spellings)
    .join(' ')
  return `    ${command.name})
      options='${all}'
      valued='${valued}'
      kinds='${command.positionals.map(kindOf).join(' ')}' ;;`
}

/** "file", "storePath+" for several, "choice:bash,zsh". */
function kindOf({ completes, choices, variadic }: ShownPositional): string {
  return (completes ?? `choice:${choices.join(',')}`) + (variadic ? '+' : '')
}

function valueCases(command: ShownCommand): readonly string[] {
  return optionsOf(command).flatMap((option) => {
    const { choices, completes } = option
    const action =
      choices.length > 0
        ? `COMPREPLY=($(compgen -W '${choices.join(' ')}' -- "$cur"))`
        : completes === 'storePath'
          ? '_isoscope_store_paths'
          : completes === undefined
            ? undefined
            : 'compopt -o default'
    if (action === undefined) return []
    const patterns = spellings(option).map((spelling) => `${command.name}:${spelling}`)
    return `    ${patterns.join('|')}) ${action} && return ;;`
  })
}
