/** Breaks text at spaces so that each line fits a width; a word that is longer is cut into pieces. */
export function wrapWords(text: string, width: number): readonly string[] {
  return wrapPhrases(text.split(' '), width)
}

/** As `wrapWords`, for words that stay together. */
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
