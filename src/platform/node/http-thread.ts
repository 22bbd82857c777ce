import { parentPort, workerData } from 'node:worker_threads'
import { HttpProblem } from './http-problem.ts'
import { RangeClient, type RangeOptions } from './range-client.ts'
import { COUNT, DONE, ENDED, FAILED, FLAG, LIFE, type SharedReply } from './shared-reply.ts'

// Gets ranges for a thread that waits. A message says which, and the answer is in memory that both threads have.

const { options, reply } = workerData as { readonly options: RangeOptions; readonly reply: SharedReply }
const flags = new Int32Array(reply.flags)
const numbers = new Float64Array(reply.numbers)
const bytes = new Uint8Array(reply.bytes)
const client = new RangeClient(options)

/** In milliseconds. */
const HEARTBEAT = 500
setInterval(() => Atomics.add(flags, LIFE, 1), HEARTBEAT).unref()

// The other thread does not wait any longer, nor again.
process.once('exit', () => {
  Atomics.store(flags, LIFE, ENDED)
  answer(FAILED, JSON.stringify({ code: 'IO', detail: 'the thread that reads it has ended' }))
})

parentPort!.on('message', async ([start, end]: readonly [number, number]) => {
  let flag = DONE
  let text = ''
  try {
    flags[COUNT] = await client.get(bytes, start, end)
    text = client.facts.stamp
    numbers[0] = client.facts.size
  } catch (error) {
    const { code, message } = error instanceof HttpProblem ? error : new HttpProblem(String(error))
    flag = FAILED
    text = JSON.stringify({ code, detail: message })
  }
  numbers[1] = client.requests
  numbers[2] = client.bytes
  answer(flag, text)
})

function answer(flag: number, text: string): void {
  const encoded = new TextEncoder().encode(text)
  const at = new Uint8Array(reply.text)
  const kept = encoded.subarray(0, at.length)
  at.set(kept)
  numbers[3] = kept.length
  Atomics.store(flags, FLAG, flag)
  Atomics.notify(flags, FLAG)
}
