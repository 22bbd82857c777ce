/** The commands there are; what each takes is in commands.ts. */
export const COMMAND_NAMES = [
  'report',
  'ls',
  'cat',
  'why',
  'why-depends',
  'tree',
  'refs',
  'referrers',
  'diff',
  'check',
  'export',
] as const

export type CommandName = (typeof COMMAND_NAMES)[number]

export function isCommandName(word: string): word is CommandName {
  return COMMAND_NAMES.some((name) => name === word)
}
