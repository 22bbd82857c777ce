import type { Answer } from '../messages.ts'

/** Sends an answer to the page. */
export function send(answer: Answer, transferred: readonly Transferable[] = []): void {
  postMessage(answer, [...transferred])
}
