import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { BIN, IMAGES, isoscope } from './run.ts'

const IMAGE = readFileSync(join(IMAGES, 'mini.iso'))

/** What a command said. */
interface Said {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void

/** Gives the range that a request asks for. */
function give({ headers: { range = '' } }: IncomingMessage, response: ServerResponse, etag = '"one"'): void {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range)!
  const body = IMAGE.subarray(Number(first), Number(last) + 1)
  response.writeHead(206, {
    'Content-Range': `bytes ${first}-${Number(first) + body.length - 1}/${IMAGE.length}`,
    'Content-Length': String(body.length),
    ...(etag === '' ? {} : { ETag: etag }),
  })
  response.end(body)
}

describe('an image on a server', () => {
  let cache = ''
  let servers: Server[] = []
  beforeAll(() => {
    cache = mkdtempSync(join(tmpdir(), 'isoscope-remote-'))
  })
  afterEach(() => {
    for (const server of servers) server.close().closeAllConnections()
    servers = []
  })
  afterAll(() => rmSync(cache, { recursive: true }))

  const serve = async (answer: Answer): Promise<string> => {
    let count = 0
    const server = createServer((request, response) => {
      count += 1
      answer(request, response, count)
    })
    servers.push(server)
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  /** Runs a command in a process, because this one serves. */
  const run = (args: readonly string[], kept = '/dev/null', folder = tmpdir()): Promise<Said> =>
    new Promise((resolve) => {
      const { http_proxy: _, https_proxy: __, HTTP_PROXY: ___, HTTPS_PROXY: ____, ...inherited } = process.env
      const env = {
        ...inherited,
        TMPDIR: folder,
        XDG_CACHE_HOME: kept,
        XDG_CONFIG_HOME: '/dev/null',
        LC_ALL: 'C.UTF-8',
      }
      execFile(process.execPath, [BIN, ...args], { env, timeout: 50_000 }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
      })
    })

  it('has the accounts and store paths of the same file here', async () => {
    const host = await serve((request, response) => give(request, response))
    const { code, stdout, stderr } = await run([`${host}/a/mini.iso?token=secret`, '--json', '-v'])
    const there = JSON.parse(stdout) as Record<string, unknown> & { image: { name: string } }
    const here = JSON.parse(isoscope(['mini.iso', '--json']).stdout.toString()) as Record<string, unknown>
    expect(code).toBe(0)
    for (const key of ['accounts', 'storePaths', 'regions', 'roots']) expect(there[key]).toEqual(here[key])
    expect(there.image.name).toBe(`${host}/a/mini.iso`)
    expect(stderr).toMatch(/^isoscope: \d requests, 2\.0 MiB from the server$/m)
    expect(stdout + stderr).not.toContain('secret')
  })

  it.each([
    ['ls', ['ls', '-R']],
    ['a scan', ['referrers', '--references', 'scan'], ['bash']],
    ['why', ['why'], ['nix']],
  ])('has the answers of the same file here: %s', async (_, before: string[], after: string[] = []) => {
    const host = await serve((request, response) => give(request, response))
    const { code, stdout } = await run([before[0]!, `${host}/mini.iso`, ...before.slice(1), ...after])
    const here = isoscope([before[0]!, 'mini.iso', ...before.slice(1), ...after])
    expect(code).toBe(here.code)
    expect(stdout.replaceAll(`${host}/`, '')).toBe(here.stdout.toString())
  })

  it('is known again by its ETag, whatever its query is', async () => {
    let tag = '"one"'
    const requests: string[] = []
    const host = await serve((request, response) => {
      requests.push(request.url ?? '')
      give(request, response, tag)
    })
    const counts: number[] = []
    for (const query of ['?a=1', '?a=2', '?a=3']) {
      requests.length = 0
      if (query === '?a=3') tag = '"two"'
      const { code } = await run(['refs', `${host}/mini.iso${query}`, 'bash'], cache)
      expect(code).toBe(0)
      counts.push(requests.length)
    }
    expect(counts[1]).toBe(1)
    expect(counts[2]).toBe(counts[0])
    expect(counts[0]).toBeGreaterThan(1)
  })

  it.each<[string, Answer, string]>([
    ['has no ranges', (_, r) => r.end(IMAGE), 'the server sends the whole file only, and no ranges of it'],
    ['has another file', (_, r) => r.writeHead(404).end(), 'the server answers 404 Not Found'],
    ['changes it', (q, r, n) => give(q, r, `"${n}"`), 'the file on the server changed while it was read'],
  ])('is an error in one sentence where the server %s', async (_, answer, message) => {
    const { code, stdout, stderr } = await run([`${await serve(answer)}/mini.iso`])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(stderr).toContain(`/mini.iso: file at 0x`)
    expect(stderr).toContain(message)
  })

  it('may be downloaded as a whole, for a while', async () => {
    const host = await serve((_, response) => response.end(IMAGE))
    const folder = mkdtempSync(join(cache, 'tmp-'))
    const answer = await run(['ls', `${host}/a b.iso?x=1`, '--download'], '/dev/null', folder)
    expect(answer).toEqual({ code: 0, stdout: isoscope(['ls', 'mini.iso']).stdout.toString(), stderr: '' })
    expect(readdirSync(folder)).toEqual([])
  })

  it('is not waited for after Ctrl-C', async () => {
    const host = await serve(() => {})
    const child = spawn(process.execPath, [BIN, 'ls', `${host}/mini.iso`], { stdio: 'ignore' })
    await new Promise((started) => setTimeout(started, 1500))
    const start = Date.now()
    child.kill('SIGINT')
    const signal = await new Promise((resolve) => child.once('exit', (_, by) => resolve(by)))
    expect(signal).toBe('SIGINT')
    expect(Date.now() - start).toBeLessThan(1000)
  })

  it('may be no image, which is named', async () => {
    const host = await serve(({ headers: { range = '' } }, response) => {
      const body = Buffer.from('%PDF-1.7 no image at all')
      response.writeHead(206, { 'Content-Range': `bytes 0-${body.length - 1}/${body.length}`, ETag: range && '"pdf"' })
      response.end(body)
    })
    const { code, stderr } = await run(['ls', `${host}/a.pdf?token=secret`])
    expect(code).toBe(2)
    expect(stderr).toContain('PDF')
    expect(stderr).not.toContain('secret')
  })

  it('gets the headers of the user', async () => {
    const seen = new Set<unknown>()
    const host = await serve((request, response) => {
      seen.add(request.headers['x-token'])
      give(request, response)
    })
    expect((await run(['ls', `${host}/mini.iso`, '--header', 'X-Token: abc'])).code).toBe(0)
    expect([...seen]).toEqual(['abc'])
  })

  it('may be on this machine', () => {
    const url = pathToFileURL(join(IMAGES, 'mini.iso')).href
    expect(isoscope(['ls', url]).stdout.toString()).toBe(isoscope(['ls', join(IMAGES, 'mini.iso')]).stdout.toString())
  })
})
