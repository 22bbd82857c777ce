import type { ErrorCode } from '../../parsers/bytes/errors.ts'

/** Why a server does not give what we ask it for. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem'
  readonly code: ErrorCode
  /** Whether the next try may go better. */
  readonly isPassing: boolean
  /** What the server wants us to wait, in milliseconds. */
  readonly wait: number

  constructor(detail: string, { code = 'IO' as ErrorCode, isPassing = false, wait = 0 } = {}) {
    super(detail)
    this.code = code
    this.isPassing = isPassing
    this.wait = wait
  }
}
