import {
  COMMON_OPTIONS,
  DEFAULT_COMMAND,
  optionsOf,
  type ShownCommand,
  type ShownOption,
  spellings,
} from './grammar.ts'

/** A completion script for fish 3 and later. */
export function fishCompletion(commands: readonly ShownCommand[]): string {
  const names = commands.map(({ name }) => name)
  return `# fish completion for isoscope. Put it into ~/.config/fish/completions/isoscope.fish,
# or write in ~/.config/fish/config.fish: isoscope completion fish | source

# The words of the line that are no options: the command, or ${DEFAULT_COMMAND}, and what follows it.
function __isoscope_words
    set -l command ${DEFAULT_COMMAND}
    set -l tokens (commandline -opc)[2..-1]
    if contains -- "$tokens[1]" ${names.join(' ')}
        set command $tokens[1]
        set -e tokens[1]
    end
    set -l valued
    switch $command
${commands.map(valuedCase).join('\n')}
    end
    echo $command
    set -l isValue no
    for token in $tokens
        if test $isValue = yes
            set isValue no
        else if contains -- $token $valued
            set isValue yes
        else if not string match -q -- '-*' $token
            echo $token
        end
    end
end

# Whether the command is one of these.
function __isoscope_is
    set -l words (__isoscope_words)
    contains -- $words[1] $argv
end

# Whether the next word of a command is one of those with these numbers; "+" stands for all that follow.
function __isoscope_next
    set -l words (__isoscope_words)
    test "$words[1]" = $argv[1]; or return 1
    set -l next (count $words)
    contains -- $next $argv[2..-1]; and return
    string match -q '*+' -- $argv[-1]; and test $next -gt (string trim -c + -- $argv[-1])
end

# The store paths of an image, of which isoscope knows from an earlier run.
function __isoscope_store_paths
    set -l words (__isoscope_words)
    set -l program (commandline -opc)[1]
    test (count $words) -gt 1; and $program completion fish --names $words[2] 2>/dev/null
end

function __isoscope_first
    test (count (commandline -opc)) -eq 1
end

complete -c isoscope -f
complete -c isoscope -n __isoscope_first -F
${commands.map(({ name, describe }) => `complete -c isoscope -n __isoscope_first -a ${name} -d ${quoted(describe)}`).join('\n')}
${commands.flatMap(positionalLines).join('\n')}
${COMMON_OPTIONS.map((option) => optionLine('', option)).join('\n')}
${optionLines(commands).join('\n')}
`
}

function valuedCase(command: ShownCommand): string {
  const valued = optionsOf(command).filter(({ takesValue }) => takesValue)
  return `        case ${command.name}\n            set valued ${valued.flatMap(spellings).join(' ')}`.trimEnd()
}

function positionalLines({ name, positionals }: ShownCommand): readonly string[] {
  return positionals.map(({ completes, choices, variadic }, index) => {
    const condition = quoted(`__isoscope_next ${name} ${index + 1}${variadic ? ` ${index + 1}+` : ''}`)
    const what =
      completes === undefined
        ? `-a ${quoted(choices.join(' '))}`
        : completes === 'storePath'
          ? "-a '(__isoscope_store_paths)'"
          : '-F'
    return `complete -c isoscope -n ${condition} ${what}`
  })
}

/** A line for each option. Commands that have the same one share its line. */
function optionLines(commands: readonly ShownCommand[]): readonly string[] {
  const commandsOf = new Map<string, { readonly option: ShownOption; readonly names: string[] }>()
  for (const { name, options } of commands) {
    for (const option of options) {
      const key = JSON.stringify(option)
      const known = commandsOf.get(key)
      if (known === undefined) commandsOf.set(key, { option, names: [name] })
      else known.names.push(name)
    }
  }
  return Array.from(commandsOf.values(), ({ option, names }) =>
    optionLine(` -n '__isoscope_is ${names.join(' ')}'`, option),
  )
}

function optionLine(condition: string, option: ShownOption): string {
  const { long, short, describe, takesValue, choices, completes } = option
  const value = !takesValue
    ? ''
    : choices.length > 0
      ? ` -x -a ${quoted(choices.join(' '))}`
      : completes === 'storePath'
        ? " -x -a '(__isoscope_store_paths)'"
        : completes === undefined
          ? ' -x'
          : ' -r -F'
  return `complete -c isoscope${condition} -l ${long}${short === undefined ? '' : ` -s ${short}`}${value} -d ${quoted(describe)}`
}

/** In single quotes, fish takes a backslash only before another one and before a quote. */
function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}
