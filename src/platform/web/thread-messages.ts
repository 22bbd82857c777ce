/**
 * Answers the messages to this thread. A page that starts a thread for one of its workers sends a port of that worker
 * first, and the messages come there.
 * @param answer gives undefined for no answer
 */
export function answerMessages(answer: (message: unknown) => unknown): void {
  const answerOn = (place: Pick<MessagePort, 'postMessage'>, message: unknown): void => {
    const answered = answer(message)
    if (answered !== undefined) place.postMessage(answered)
  }
  addEventListener('message', ({ data }: MessageEvent) => {
    if (data instanceof MessagePort) data.onmessage = (event) => answerOn(data, event.data)
    else answerOn(globalThis, data)
  })
}
