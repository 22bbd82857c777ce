import { DEFAULT_COMMAND, optionsOf, type ShownCommand, spellings } from './grammar.ts'

/** A completion script for PowerShell. */
export function powershellCompletion(commands: readonly ShownCommand[]): string {
  return `# PowerShell completion for isoscope. It is untried: no test runs it. Add it to $PROFILE:
# isoscope completion powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName isoscope -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $commands = @{
${commands.map(({ name, describe }) => `        ${quoted(name)} = ${quoted(describe)}`).join('\n')}
    }
    $options = @{
${commands.map(optionsLine).join('\n')}
    }
    $values = @{
${commands.flatMap(valueLines).join('\n')}
    }
    $words = @($commandAst.CommandElements | ForEach-Object { $_.ToString() })
    $before = @($words | Select-Object -Skip 1)
    if ($wordToComplete -ne '' -and $before.Count -gt 0) { $before = @($before | Select-Object -SkipLast 1) }
    $command = '${DEFAULT_COMMAND}'
    if ($before.Count -gt 0 -and $commands.ContainsKey($before[0])) { $command = $before[0] }
    $key = ''
    if ($before.Count -gt 0) { $key = "$command $($before[-1])" }
    if ($values.ContainsKey($key)) { $found = $values[$key] }
    elseif ($wordToComplete.StartsWith('-')) { $found = $options[$command] }
    elseif ($before.Count -eq 0) { $found = $commands.Keys | Sort-Object }
    else { $found = @() }
    $found | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
        $text = $_
        if ($commands.ContainsKey($_)) { $text = $commands[$_] }
        [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $text)
    }
}
`
}

function optionsLine(command: ShownCommand): string {
  return `        ${quoted(command.name)} = ${list(optionsOf(command).flatMap(spellings))}`
}

function valueLines(command: ShownCommand): readonly string[] {
  return optionsOf(command).flatMap((option) =>
    option.choices.length === 0
      ? []
      : spellings(option).map(
          (spelling) => `        ${quoted(`${command.name} ${spelling}`)} = ${list(option.choices)}`,
        ),
  )
}

function list(words: readonly string[]): string {
  return `@(${words.map(quoted).join(', ')})`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
