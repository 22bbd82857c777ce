import { ALL_LIMITS } from '../../../parsers/bytes/limits.ts'

const INDENT = '    '

/** Each limit in the syntax of --parser-limit, and below it the reason for its value. */
export function limitsText(width: number): string {
  const sections = Object.entries(ALL_LIMITS).map(
    ([name, { value, unit, reason }]) => `${name}=${value}   ${unit}\n${wrapped(reason, width)}`,
  )
  return `${sections.join('\n')}\n`
}

function wrapped(text: string, width: number): string {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || INDENT.length + last.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines.map((line) => `${INDENT}${line}`).join('\n')
}
