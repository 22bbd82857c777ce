import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createNetServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Queue, UnrecoverableError, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  faultsIn,
  parallelTrial,
  queueTrial,
  startRedis,
  writeBroken,
  writeVariants,
} from '../../scripts/fleet-trial.js'
import { BIN, IMAGES, isoscopeProcess } from '../cli/run.ts'
import { describeWith } from '../oracle.ts'

const COUNT = 40

/** Half a minute is enough, of which a killed worker's jobs wait for 15 seconds; a busy machine takes longer. */
const LIMIT = 240_000

const work = mkdtempSync(join(tmpdir(), 'isoscope-fleet-'))
afterAll(() => rmSync(work, { recursive: true }))

let images: readonly string[]
let broken: string
beforeAll(() => {
  images = writeVariants(work, COUNT)
  broken = writeBroken(work)
})

interface Line {
  readonly event: string
  readonly image?: string
  readonly done?: number
  readonly failed?: number
  readonly attempt?: number
  readonly retried?: boolean
  readonly last?: boolean
  readonly error?: { readonly code: string; readonly message: string }
}

function linesOf(text: string): Line[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
}

/** A folder of its own for a trial. */
function folderOf(name: string): string {
  const folder = join(work, name)
  mkdirSync(folder)
  return folder
}

describeWith(['redis-server'], 'a queue', () => {
  it(
    'has each image once, though two of four workers are killed and Redis is started again',
    async () => {
      const folder = folderOf('queue')
      const trial = await queueTrial(folder, [...images, broken])
      expect(trial.submitted).toEqual([
        `${COUNT + 1} images added, 0 known, 0 failed and tried again`,
        `0 images added, ${COUNT + 1} known, 0 failed and tried again`,
      ])
      expect(faultsIn(join(folder, 'results'), images)).toEqual([])
      expect(trial.codes).toEqual([0, 0])
      expect(trial.failures).toEqual([
        {
          image: broken,
          reason: `${broken} is cut short: 683.6 KiB of 2.0 MiB; download or copy it again`,
          attempts: 1,
        },
      ])
      const identities = readdirSync(join(folder, 'results')).filter((name) => name.endsWith('.ndjson'))
      expect(trial.results.map(({ identity }) => `${identity}.ndjson`).sort()).toEqual(identities.sort())
      // Workers that were killed have no last summary.
      const last = linesOf(trial.stdout).filter((line) => line.last === true)
      expect(last).toHaveLength(2)
      expect(trial.stderr).toContain('redis.sock: the connection is lost; connecting again')
      expect(trial.stderr).toContain('redis.sock: connected again')
      expect(trial.stderr).not.toContain('    at ')
    },
    LIMIT,
  )
})

describeWith(['parallel'], 'GNU parallel', () => {
  it(
    'has each image once, though two runs are killed',
    async () => {
      const folder = folderOf('parallel')
      const trial = await parallelTrial(folder, [...images, broken])
      expect(faultsIn(join(folder, 'results'), images)).toEqual([])
      // It ends with the number of jobs that failed.
      expect(trial.code).toBe(1)
      expect(trial.stderr).toContain('broken.iso is cut short')
    },
    LIMIT,
  )
})

describeWith(['redis-server'], 'a worker', () => {
  let socket = ''
  let redis: ChildProcess
  let connection: Redis
  beforeAll(async () => {
    const folder = folderOf('redis')
    socket = join(folder, 'redis.sock')
    redis = await startRedis(folder, socket)
    connection = new Redis(socket, { maxRetriesPerRequest: null })
  })
  afterAll(() => {
    connection.disconnect()
    redis.kill('SIGKILL')
  })

  /** A worker, and what it has printed. */
  function start(queue: string): { readonly child: ChildProcess; readonly text: () => string } {
    const args = ['worker', '--queue', queue, '--output-dir', join(work, `of-${queue}`), '--images-at-once', '2']
    const child = spawn(process.execPath, [BIN, ...args], { env: { ...process.env, REDIS_URL: socket } })
    let text = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (piece) => {
        text += piece
      })
    }
    return { child, text: () => text }
  }

  async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
    while (!(await condition())) await new Promise((done) => setTimeout(done, 50))
  }

  it('tries again what may pass, and tells what cannot be read', async () => {
    let isThere = false
    const bytes = readFileSync(join(IMAGES, 'joliet.iso'))
    const server = createServer((request, response) => {
      if (!isThere) {
        isThere = true
        response.writeHead(404).end()
        return
      }
      const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
      const end = Math.min(Number(to) + 1, bytes.length)
      const range = `bytes ${from}-${end - 1}/${bytes.length}`
      response.writeHead(206, { 'Content-Range': range, ETag: '"1"' }).end(bytes.subarray(Number(from), end))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://user:geheim@127.0.0.1:${(server.address() as AddressInfo).port}/joliet.iso?key=geheim`
    const added = isoscopeProcess(['submit', '--redis', socket, '--queue', 'mixed', url, broken])
    expect(added).toMatchObject({ code: 0, stderr: '' })
    const queue = new Queue('mixed', { connection })
    await queue.add('report', { picture: 1 })
    const { child, text } = start('mixed')
    try {
      await until(async () => (await queue.getCompletedCount()) + (await queue.getFailedCount()) === 3)
      child.kill()
      expect(await once(child, 'exit')).toEqual([0, null])
      const lines = linesOf(text().replaceAll(/^isoscope: .*\n/gm, ''))
      expect(lines.at(-1)).toMatchObject({ event: 'summary', done: 1, failed: 2, last: true })
      const failed = lines.filter(({ event }) => event === 'failed')
      const told = failed.map(({ error, attempt, retried }) => [error!.code, attempt, retried])
      expect(told.sort()).toEqual([
        ['IO', 1, true],
        ['TRUNCATED', 1, false],
        ['USAGE', 1, false],
      ])
      expect(failed.find(({ error }) => error!.code === 'USAGE')!.error!.message).toMatch(
        /^job \d+: its data must be \{"image": a path or a URL\}$/,
      )
      expect(text()).not.toContain('geheim')
      // What had failed is tried again when it is submitted again.
      expect(isoscopeProcess(['submit', '--redis', socket, '--queue', 'mixed', url, broken]).stdout.toString()).toBe(
        '0 images added, 1 known, 1 failed and tried again\n',
      )
      expect(await queue.getWaitingCount()).toBe(1)
    } finally {
      child.kill('SIGKILL')
      await queue.close()
      server.close()
      server.closeAllConnections()
    }
  })

  it('says what is wrong with a server, and no password', async () => {
    const silent = createNetServer(() => {}).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const secret = folderOf('secret')
    const locked = join(secret, 'redis.sock')
    const guarded = spawn('redis-server', ['--port', '0', '--unixsocket', locked, '--requirepass', 'geheim'], {
      stdio: 'ignore',
      cwd: secret,
    })
    try {
      await until(() => existsSync(locked))
      const [code, told] = [2, (url: string) => isoscopeProcess(['submit', 'a.iso', '--redis', url])]
      expect(told(locked)).toMatchObject({ code, stderr: `isoscope: ${locked}: it wants a password\n` })
      const wrong = { code, stderr: `isoscope: ${locked}: the user or the password is wrong\n` }
      expect(told(`${locked}?password=falsch`)).toMatchObject(wrong)
      expect(told(`${locked}?password=geheim`)).toMatchObject({ code: 0, stderr: '' })
      const { port } = silent.address() as AddressInfo
      expect(told(`redis://:geheim@127.0.0.1:${port}`)).toMatchObject({
        code,
        stderr: `isoscope: redis://127.0.0.1:${port}: it does not answer\n`,
      })
    } finally {
      guarded.kill('SIGKILL')
      silent.close()
    }
  })

  it('ends, as submit does, if Redis refuses what a queue needs', async () => {
    await connection.call('ACL', 'SETUSER', 'low', 'on', '>geheim', '~*', '+@connection', '+ping', '+info', '+hget')
    const url = `${socket}?username=low&password=geheim`
    const refused = { code: 2, stderr: `isoscope: ${socket}: the user may not do all that a queue needs\n` }
    expect(isoscopeProcess(['submit', 'a.iso', '--redis', url])).toMatchObject(refused)
    const worker = isoscopeProcess(['worker', '--output-dir', join(work, 'refused'), '--redis', url])
    expect(worker).toMatchObject(refused)
    expect(linesOf(worker.stdout.toString())).toEqual([expect.objectContaining({ event: 'summary', last: true })])
  })

  it('waits, as submit does, for a Redis that is gone, and says so once', async () => {
    const folder = folderOf('outage')
    const at = join(folder, 'redis.sock')
    const first = await startRedis(folder, at)
    const child = spawn(process.execPath, [BIN, 'submit', '--files-from', '-', '--redis', at])
    const told = child.stderr.toArray()
    // It may end before the second Redis is known to be there.
    const ended = once(child, 'exit') as Promise<[number]>
    const probe = new Redis(at)
    await until(async () => (await probe.exists('bull:isoscope:meta')) === 1)
    probe.disconnect()
    first.kill('SIGKILL')
    await once(first, 'exit')
    child.stdin.end('a.iso\nb.iso\n')
    await new Promise((done) => setTimeout(done, 1500))
    const second = await startRedis(folder, at)
    try {
      const [code] = await ended
      expect([code, Buffer.concat(await told).toString()]).toEqual([
        0,
        `isoscope: ${at}: the connection is lost; connecting again\nisoscope: ${at}: connected again\n`,
      ])
    } finally {
      second.kill('SIGKILL')
    }
  })

  it('gets each failed image once if several submit them anew', async () => {
    const names = Array.from({ length: 60 }, (_, at) => join(work, `none-${at}.iso`))
    const submit = ['submit', '--redis', socket, '--queue', 'anew', ...names]
    expect(isoscopeProcess(submit).code).toBe(0)
    const queue = new Queue('anew', { connection })
    const fail = async (): Promise<never> => {
      throw new UnrecoverableError('it has failed')
    }
    const failing = new Worker('anew', fail, { connection: { path: socket }, concurrency: 20 })
    await until(async () => (await queue.getFailedCount()) === names.length)
    await failing.close()
    const runs = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const child = spawn(process.execPath, [BIN, ...submit])
        const told = Promise.all([child.stdout.toArray(), child.stderr.toArray()])
        const [code] = (await once(child, 'exit')) as [number]
        const [stdout, stderr] = (await told).map((pieces) => Buffer.concat(pieces).toString())
        const [, known, again] = /^0 images added, (\d+) known, (\d+) failed and tried again\n$/.exec(stdout!)!
        return { code, stderr, sum: Number(known) + Number(again), again: Number(again) }
      }),
    )
    for (const run of runs) expect(run).toMatchObject({ code: 0, stderr: '', sum: names.length })
    expect(runs.reduce((sum, { again }) => sum + again, 0)).toBe(names.length)
    expect(await queue.getWaitingCount()).toBe(names.length)
    await queue.close()
  })

  it('finishes its image at a signal, and gives it back at the second one', async () => {
    let asked = 0
    const server = createServer(() => {
      asked += 1
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/never.iso`
    isoscopeProcess(['submit', '--redis', socket, '--queue', 'slow', url])
    const queue = new Queue('slow', { connection })
    const { child, text } = start('slow')
    try {
      await until(() => asked > 0)
      child.kill('SIGTERM')
      await until(() => text().includes('finishing what is being read'))
      expect(await queue.getActiveCount()).toBe(1)
      child.kill('SIGINT')
      expect(await once(child, 'exit')).toEqual([0, null])
      expect(await queue.getJobCounts('active', 'waiting', 'failed')).toEqual({ active: 0, waiting: 1, failed: 0 })
    } finally {
      child.kill('SIGKILL')
      await queue.close()
      server.close()
      server.closeAllConnections()
    }
  })
})
