import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import type { Requirement } from '../package-database.ts'

/** More parentheses in each other than this make no sense to people, so nothing is lost by a limit on the work. */
const DEEPEST = 16

/**
 * What a rich dependency requires, such as "(a or b)" (rpm, docs/manual/boolean_dependencies.md). We do not find out
 * whether the condition of "(a if b)" holds: what it requires is weak, and the condition itself is not required. Of
 * "(a with b)" and "(a without b)", a package that has a is enough for us.
 * @returns none, if it is none that rpm would install
 */
export function richRequirements(text: ByteString): readonly Requirement[] {
  let at = 0
  const skipSpace = (): void => {
    while (text[at] === ' ') at += 1
  }
  /** What follows up to a space. Names may have parentheses in them: "(pkgconfig(x11) or x11)". */
  const word = (): ByteString => {
    const begin = at
    let open = 0
    for (; at < text.length && text[at] !== ' '; at += 1) {
      if (text[at] === '(') open += 1
      else if (text[at] === ')') {
        if (open === 0) break
        open -= 1
      }
    }
    return text.slice(begin, at)
  }
  const operand = (depth: number): readonly Requirement[] | undefined => {
    if (text[at] === '(') return expression(depth + 1)
    const name = word()
    skipSpace()
    if (/[<>=]/.test(text[at] ?? '')) {
      word()
      skipSpace()
      word()
    }
    return name === '' ? undefined : [{ alternatives: [name], isWeak: false }]
  }
  const expression = (depth: number): readonly Requirement[] | undefined => {
    if (depth > DEEPEST) return undefined
    at += 1
    const operands: (readonly Requirement[])[] = []
    const operators: ByteString[] = []
    for (;;) {
      skipSpace()
      const next = operand(depth)
      if (next === undefined) return undefined
      operands.push(next)
      skipSpace()
      if (text[at] === ')') break
      operators.push(word())
    }
    at += 1
    return combined(operands, operators)
  }
  return expression(1) ?? []
}

function combined(
  operands: readonly (readonly Requirement[])[],
  operators: readonly ByteString[],
): readonly Requirement[] {
  const [first] = operators
  if (first === 'or') {
    const all = operands.flat()
    return [{ alternatives: all.flatMap(({ alternatives }) => alternatives), isWeak: all.some(({ isWeak }) => isWeak) }]
  }
  if (first === 'and') return operands.flat()
  if (first !== 'if' && first !== 'unless') return operands[0]!
  const otherwise = operators[1] === 'else' ? operands[2]! : []
  return [...operands[0]!, ...otherwise].map(({ alternatives }) => ({ alternatives, isWeak: true }))
}
