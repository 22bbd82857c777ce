import { parentPort } from 'node:worker_threads'

/** Answers the messages to this thread. @param answer gives undefined for no answer */
export function answerMessages(answer: (message: unknown) => unknown): void {
  parentPort!.on('message', (message: unknown) => {
    const answered = answer(message)
    if (answered !== undefined) parentPort!.postMessage(answered)
  })
}
