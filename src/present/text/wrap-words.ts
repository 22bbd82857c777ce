/** Breaks text at spaces so that each line fits a width. It cuts longer words into pieces. */
export function wrapWords(text: string, width: number): readonly string[] {
  return wrapPhrases(text.split(' '), width)
}

/** Like `wrapWords`, for phrases that stay on one line. */
export function wrapPhrases(phrases: readonly string[], width: number): readonly string[] {
  const most = Math.max(width, 1)
  const lines: string[] = []
  let line = ''
  for (const word of phrases) {
    const longer = line === '' ? word : `${line} ${word}`
    if (longer.length <= most) {
      line = longer
      continue
    }
    if (line !== '') lines.push(line)
    line = word
    for (; line.length > most; line = line.slice(most)) lines.push(line.slice(0, most))
  }
  return [...lines, line]
}
