import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'

export const BIN: string = fileURLToPath(new URL('../../bin/isoscope.js', import.meta.url))

export const IMAGES: string = fileURLToPath(new URL('../../fixtures/images/', import.meta.url))

const THREAD = new URL('./thread.cjs', import.meta.url)

/** Milliseconds after which a command is ended. */
const TIME_LIMIT = 60_000

/** What the command line said. */
export interface Said {
  readonly code: number | null
  readonly stdout: Buffer
  readonly stderr: string
}

/** The environment of a user who has nothing kept of an earlier time. */
function environment(env: Readonly<Record<string, string>>): Record<string, string> {
  const { NO_COLOR: _, FORCE_COLOR: __, GITHUB_ACTIONS: ___, GITHUB_STEP_SUMMARY: ____, ...inherited } = process.env
  return {
    ...(inherited as Record<string, string>),
    LC_ALL: 'C.UTF-8',
    XDG_CACHE_HOME: '/dev/null',
    XDG_CONFIG_HOME: '/dev/null',
    ...env,
  }
}

let thread: Worker | undefined

/**
 * Runs the built command line in a thread of this process, its output captured: a process of its own takes 0.3 s of CPU.
 * All runs share the modules, and what V8 has compiled of them. What a process alone has needs `isoscopeProcess`: signals,
 * pipes, limits, and `NODE_OPTIONS`.
 */
export function isoscope(
  args: readonly string[],
  env: Record<string, string> = {},
  cwd: string = IMAGES,
  terminal?: { readonly isTTY: true; readonly columns: number; readonly rows: number },
): Said {
  thread ??= startThread()
  const { port1, port2 } = new MessageChannel()
  const signal = new Int32Array(new SharedArrayBuffer(4))
  const previous = process.cwd()
  // Of all threads: only the main one can change it.
  process.chdir(cwd)
  try {
    thread.postMessage({ args, env: environment(env), bin: BIN, port: port2, signal, terminal }, [port2])
    if (Atomics.wait(signal, 0, 0, TIME_LIMIT) === 'timed-out') {
      void thread.terminate()
      thread = undefined
      return { code: null, stdout: Buffer.alloc(0), stderr: '' }
    }
    const { code, stdout, stderr } = receiveMessageOnPort(port1)!.message as {
      code: number
      stdout: Uint8Array
      stderr: string
    }
    return { code, stdout: Buffer.from(stdout.buffer, stdout.byteOffset, stdout.length), stderr }
  } finally {
    port1.close()
    process.chdir(previous)
  }
}

/** The same with a terminal of this size for stdout, and no pager. */
export function isoscopeAt(columns: number, rows: number, args: readonly string[]): Said {
  return isoscope(args, { PAGER: '', NO_COLOR: '1' }, IMAGES, { isTTY: true, columns, rows })
}

/** Like `isoscope`, while this thread goes on: it may serve what the command reads. */
export async function isoscopeBeside(args: readonly string[], env: Record<string, string> = {}): Promise<Said> {
  thread ??= startThread()
  const { port1, port2 } = new MessageChannel()
  const signal = new Int32Array(new SharedArrayBuffer(4))
  const answer = once(port1, 'message') as Promise<[{ code: number; stdout: Uint8Array; stderr: string }]>
  thread.postMessage({ args, env: environment(env), bin: BIN, port: port2, signal }, [port2])
  const [{ code, stdout, stderr }] = await answer
  port1.close()
  return { code, stdout: Buffer.from(stdout.buffer, stdout.byteOffset, stdout.length), stderr }
}

function startThread(): Worker {
  const worker = new Worker(THREAD, { execArgv: [], stdin: false })
  // It does not keep the tests from ending.
  worker.unref()
  return worker
}

/** Runs the built command line as a user would, its output a pipe. */
export function isoscopeProcess(args: readonly string[], env: Record<string, string> = {}, cwd: string = IMAGES): Said {
  const result = spawnSync(process.execPath, [BIN, ...args], {
    cwd,
    timeout: TIME_LIMIT,
    maxBuffer: 1 << 28,
    env: environment(env),
  })
  return { code: result.status, stdout: result.stdout, stderr: result.stderr.toString() }
}
