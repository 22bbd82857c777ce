import { parentPort, workerData } from 'node:worker_threads'
import { HttpProblem } from '../http-problem.ts'
import type { PageChannel } from '../shared-file.ts'
import { answerQuestion, DONE, ENDED, FAILED, nextQuestion } from './page-channel.ts'
import { PageService } from './page-service.ts'
import { RangeClient, type RangeOptions } from './range-client.ts'

// Gets pages of a file for threads that wait. Each thread has a channel, and a message brings another one.

/** What this thread has to know. */
export interface HttpTask {
  readonly options: RangeOptions
  readonly channel: PageChannel
  /** A byte for each page, which is 1 if the page is read soon. */
  readonly wanted: SharedArrayBuffer
  /** Requests and bytes so far. */
  readonly traffic: SharedArrayBuffer
}

const { options, channel: first, wanted, traffic } = workerData as HttpTask
const life = new Int32Array(first.life)
const counts = new Float64Array(traffic)
const channels: PageChannel[] = []
const client = new RangeClient(options)
const service = new PageService({ get, facts: () => client.facts }, new Uint8Array(wanted))

/** In milliseconds. */
const HEARTBEAT = 500
setInterval(() => Atomics.add(life, 0, 1), HEARTBEAT).unref()

// The other threads do not wait any longer, nor again.
process.once('exit', () => {
  Atomics.store(life, 0, ENDED)
  const text = JSON.stringify({ code: 'IO', detail: 'the thread that reads it has ended' })
  for (const channel of channels) answerQuestion(channel, FAILED, 0, text, 0)
})

/** Gets a range, and counts it meanwhile. */
async function get(start: number, end: number, take: (piece: Uint8Array, before: number) => void): Promise<number> {
  const count = (): void => counts.set([client.requests, client.bytes])
  try {
    return await client.get(start, end, (piece, before) => {
      count()
      take(piece, before)
    })
  } finally {
    count()
  }
}

parentPort!.on('message', (channel: PageChannel) => void serve(channel))
void serve(first)

async function serve(channel: PageChannel): Promise<never> {
  channels.push(channel)
  const bytes = new Uint8Array(channel.bytes)
  for (;;) {
    const question = await nextQuestion(channel)
    try {
      const count = await service.get(bytes, question.first, question.last)
      answerQuestion(channel, DONE, count, client.facts.stamp, client.facts.size)
    } catch (error) {
      const { code, message } = error instanceof HttpProblem ? error : new HttpProblem(String(error))
      answerQuestion(channel, FAILED, 0, JSON.stringify({ code, detail: message }), 0)
    }
  }
}
