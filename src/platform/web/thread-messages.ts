/** Answers the messages to this thread. @param answer gives undefined for no answer */
export function answerMessages(answer: (message: unknown) => unknown): void {
  addEventListener('message', ({ data }: MessageEvent) => {
    const answered = answer(data)
    if (answered !== undefined) postMessage(answered)
  })
}
