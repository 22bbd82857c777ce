import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BIN, IMAGES, isoscopeBeside } from './run.ts'

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

/** An environment without proxies but those that are given. */
function direct(more: Readonly<Record<string, string>>): Record<string, string> {
  const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'].flatMap((name) => {
    const value = more[name] ?? ''
    return [
      [name, value],
      [name.toLowerCase(), value],
    ]
  })
  return { ...more, ...Object.fromEntries(proxies) }
}

/** Runs a command while this thread serves. */
export async function runThere(args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Said> {
  const { code, stdout, stderr } = await isoscopeBeside(args, direct(more))
  return { code: Number(code), stdout: stdout.toString(), stderr }
}

/** The same in a process of its own, for what Node reads when it starts, and for what another command must not know. */
export function runAnew(args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Said> {
  const plain = { XDG_CACHE_HOME: '/dev/null', XDG_CONFIG_HOME: '/dev/null', LC_ALL: 'C.UTF-8' }
  const env = { ...process.env, ...plain, ...direct(more) }
  return new Promise((resolve) => {
    execFile(process.execPath, [BIN, ...args], { env, timeout: 50_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
    })
  })
}
