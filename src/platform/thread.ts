/** Another thread, which runs the script of `src/scan/worker.ts`. */
export interface Thread {
  /** Its name in the time line. */
  readonly name: string
  post(message: unknown): void
  onMessage(take: (message: unknown) => void): void
  /** Whatever ended it: no memory, a missing script, our own bug, or the user. */
  onEnd(take: () => void): void
  end(): void
}

export type StartThread = () => Thread
