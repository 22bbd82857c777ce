import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BIN, IMAGES } from './run.ts'

export const IMAGE: Buffer = readFileSync(join(IMAGES, 'mini.iso'))

/** What a command said. */
export interface Said {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** @param count of the requests so far, with this one */
export type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void

/** Gives the range that a request asks for. */
export function give(request: IncomingMessage, response: ServerResponse, etag = '"one"', file = IMAGE): void {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')!
  const body = file.subarray(Number(first), Number(last) + 1)
  response.writeHead(206, {
    'Content-Range': `bytes ${first}-${Number(first) + body.length - 1}/${file.length}`,
    'Content-Length': String(body.length),
    ...(etag === '' ? {} : { ETag: etag }),
  })
  response.end(body)
}

const servers: Pick<Server, 'close' | 'closeAllConnections'>[] = []

/** Ends all servers of a test. */
export function endServers(): void {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
}

/** Starts a server, and returns its port. */
export async function listening(server: Server): Promise<number> {
  servers.push(server)
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return (server.address() as AddressInfo).port
}

/** Starts a server that answers so, and returns its origin. */
export async function serve(answer: Answer): Promise<string> {
  return `http://127.0.0.1:${await listening(createServer(counting(answer)))}`
}

/** A file of the certificate that `serveSecurely` has, and nobody signed. */
export const CERTIFICATE: string = fileURLToPath(new URL('../../fixtures/tls/localhost.crt', import.meta.url))

/** Like `serve`, with https. The certificate is for "localhost" and 127.0.0.1. */
export async function serveSecurely(answer: Answer): Promise<string> {
  const key = readFileSync(CERTIFICATE.replace(/crt$/, 'key'))
  const server = createSecureServer({ key, cert: readFileSync(CERTIFICATE) }, counting(answer))
  return `https://localhost:${await listening(server)}`
}

function counting(answer: Answer): (request: IncomingMessage, response: ServerResponse) => void {
  let count = 0
  return (request, response) => {
    count += 1
    answer(request, response, count)
  }
}

/** Runs a command in a process, because this one serves. It has no proxies but those that it is given. */
export function runThere(args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Said> {
  const proxies = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY']
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !proxies.includes(name)))
  const plain = { TMPDIR: tmpdir(), XDG_CACHE_HOME: '/dev/null', XDG_CONFIG_HOME: '/dev/null', LC_ALL: 'C.UTF-8' }
  const env = { ...inherited, ...plain, ...more }
  return new Promise((resolve) => {
    execFile(process.execPath, [BIN, ...args], { env, timeout: 50_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
    })
  })
}
