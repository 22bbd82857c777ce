/** Answers a question with an open object, and closes it, even if the answer is an error. */
export async function withOpen<Open extends { close(): void }, Answer>(
  open: Open,
  answer: (open: Open) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await answer(open)
  } finally {
    open.close()
  }
}
