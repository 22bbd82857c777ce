import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'

/** Firefox without a window, driven by WebDriver BiDi (W3C, "WebDriver BiDi"). */
export interface Firefox {
  /** Opens an address, and waits until it has loaded. */
  open(address: string): Promise<void>
  /** The value of an expression in the page, which may be a promise of a text, a number or a boolean. */
  evaluate(expression: string): Promise<unknown>
  /** Types into the element that has the focus. */
  type(text: string): Promise<void>
  close(): Promise<void>
}

/** In milliseconds. A browser starts in seconds, and on a loaded machine in tens of them. */
const START_LIMIT = 50_000

export async function startFirefox(): Promise<Firefox> {
  const home = mkdtempSync(join(tmpdir(), 'isoscope-firefox-'))
  const browser = spawn(
    'firefox-esr',
    ['--headless', '--no-remote', '--profile', home, '--remote-debugging-port', '0'],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, HOME: home, MOZ_CRASHREPORTER_DISABLE: '1' },
    },
  )
  const socket = new WebSocket(`${await addressOf(browser)}/session`)
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  socket.on('message', (data: Buffer) => {
    const { id, type, result, message } = JSON.parse(data.toString())
    const command = waiting.get(id)
    if (command === undefined) return
    waiting.delete(id)
    if (type === 'error') command.reject(new Error(message))
    else command.resolve(result)
  })
  let last = 0
  const send = <Result>(method: string, params: object): Promise<Result> => {
    last += 1
    const id = last
    socket.send(JSON.stringify({ id, method, params }))
    return new Promise<Result>((resolve, reject) => {
      waiting.set(id, { resolve: (value) => resolve(value as Result), reject })
    })
  }
  await send('session.new', { capabilities: {} })
  const { context } = await send<{ context: string }>('browsingContext.create', { type: 'tab' })
  return {
    async open(url) {
      await send('browsingContext.navigate', { context, url, wait: 'complete' })
    },
    async evaluate(expression) {
      const target = { context }
      const answer = await send<{
        result?: { value?: unknown }
        exceptionDetails?: { text: string }
      }>('script.evaluate', { expression, target, awaitPromise: true })
      if (answer.exceptionDetails !== undefined) throw new Error(answer.exceptionDetails.text)
      return answer.result?.value
    },
    async type(text) {
      const keys = [...text].flatMap((value) => [
        { type: 'keyDown', value },
        { type: 'keyUp', value },
      ])
      await send('input.performActions', { context, actions: [{ type: 'key', id: 'keys', actions: keys }] })
    },
    async close() {
      const ended = new Promise((resolve) => browser.once('exit', resolve))
      await send('browser.close', {}).catch(() => browser.kill())
      socket.close()
      await ended
      rmSync(home, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** The address at which it listens, which it writes to stderr. */
function addressOf(browser: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let told = ''
    const limit = setTimeout(() => {
      browser.kill()
      reject(new Error(`Firefox does not listen: ${told}`))
    }, START_LIMIT)
    browser.stderr!.on('data', (data: Buffer) => {
      told += data.toString()
      const [, address] = /WebDriver BiDi listening on (ws:\S+)/.exec(told) ?? []
      if (address === undefined) return
      clearTimeout(limit)
      resolve(address)
    })
    browser.once('exit', () => {
      clearTimeout(limit)
      reject(new Error(`Firefox ended: ${told}`))
    })
  })
}
