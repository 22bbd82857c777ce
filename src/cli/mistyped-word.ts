import { statSync } from 'node:fs'
import { UsageError } from './exit-codes.ts'

/** A word in place of an image that is no file, and looks like a command: only the command line knows what was meant. */
export class MistypedWord extends UsageError {
  override readonly name = 'MistypedWord'
  readonly word: string

  constructor(word: string) {
    super(`no such file '${word}'`)
    this.word = word
  }
}

/** Whether a word is no file, and looks like a command rather. */
export function isMistyped(word: string): boolean {
  if (/[./\\]/.test(word)) return false
  try {
    return statSync(word, { throwIfNoEntry: false }) === undefined
  } catch {
    // Too long for a name, or not to be looked up.
    return false
  }
}
