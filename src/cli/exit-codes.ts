/** What a process ends with; part of the interface. */
export const EXIT = {
  /** Done. */
  ok: 0,
  /** The answer is no. */
  no: 1,
  /** Could not answer, or not in full: usage, unreadable, unsupported, damaged. */
  failed: 2,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** Puts an error into the words in which its user is to see it; others stay as they are. */
export type Explain = (error: unknown) => Promise<unknown>

/** Something the user can mend: a sentence for stderr, without a stack trace, and exit code 2. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError'
  /** What there is to choose from, a line each. */
  readonly choices: readonly string[]

  constructor(message: string, choices: readonly string[] = []) {
    super(message)
    this.choices = choices
  }
}
