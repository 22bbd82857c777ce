import { FormatError } from '../../../parsers/bytes/errors.ts'
import { httpTraffic } from '../../platform/web/http-source.ts'
import { ReportError } from '../../present/json/read-report.ts'
import type { Question, Request } from '../messages.ts'
import { diffAnswer } from './diff-answer.ts'
import { imageAnswer } from './image-answer.ts'
import { send } from './send.ts'
import { threadEnded } from './threads.ts'
import { contentOf, type Written } from './written.ts'

let answer: Written | undefined

addEventListener('message', ({ data }: MessageEvent<Request>) => {
  switch (data.kind) {
    case 'ask':
      return void told(ask(data.question, data.version))
    case 'save':
      return void told(save(data))
    case 'thread ended':
      return threadEnded(data.thread)
  }
})

async function ask(question: Question, version: string): Promise<void> {
  const [first, second] = question.files
  answer =
    second === undefined
      ? await imageAnswer(first, question, version)
      : await diffAnswer(first, second, question, version)
  send({ kind: 'shown', data: answer.data, more: answer.more, traffic: httpTraffic() })
}

async function save({ format }: Extract<Request, { kind: 'save' }>): Promise<void> {
  if (answer === undefined) return
  // Of a URL the last part.
  const name = answer.name.replaceAll(/\S*\//g, '')
  send({ kind: 'saved', name: `${name}.${format}`, content: await contentOf(answer, format) })
}

/** Tells the page why some work failed. */
async function told(work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    send({ kind: 'failed', message: sentence(error) })
  }
}

/** The sentence of the command line. What is no error of a file is ours. */
function sentence(error: unknown): string {
  if (error instanceof FormatError || error instanceof ReportError) return error.message
  return `isoscope failed, which is a bug: ${(error as Error).message}`
}
