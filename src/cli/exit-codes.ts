/** The exit codes of the process; part of our interface. */
export const EXIT = {
  ok: 0,
  /** The answer is no. */
  no: 1,
  /** There is no complete answer: wrong usage, or an unreadable, unsupported or damaged file. */
  failed: 2,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** Rewrites an error for the user; other errors stay as they are. */
export type Explain = (error: unknown) => Promise<unknown>

/** What a command can ask of the program that runs it. */
export interface Program {
  readonly explain: Explain
  /** Prints the help of a command; of the program if none is named. */
  printHelp(command?: string): Promise<void>
}

/** An error that the user can fix: a sentence on stderr without a stack trace, and exit code 2. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError'
  /** The possible choices, one per line. */
  readonly choices: readonly string[]

  /** @param options with the error of the system or of the image that is behind it */
  constructor(message: string, choices: readonly string[] = [], options?: ErrorOptions) {
    super(message, options)
    this.choices = choices
  }
}
