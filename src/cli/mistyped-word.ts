import { statSync } from 'node:fs'
import { UsageError } from './exit-codes.ts'

/** The first word is not a file and looks like a command; only the command line can say which one was meant. */
export class MistypedWord extends UsageError {
  override readonly name = 'MistypedWord'
  readonly word: string

  constructor(word: string) {
    super(`no such file '${word}'`)
    this.word = word
  }
}

/** Whether a word is not a file and looks like a command. */
export function isMistyped(word: string): boolean {
  if (/[./\\]/.test(word)) return false
  try {
    return statSync(word, { throwIfNoEntry: false }) === undefined
  } catch {
    // The word is too long for a file name, or the system refuses to look it up.
    return false
  }
}
