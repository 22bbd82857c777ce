import { createHash, timingSafeEqual } from 'node:crypto'
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { ServedImage } from './served-image.ts'

/** What a server on this machine gives, and to whom. */
export interface Service {
  /** HTML. */
  readonly page: string
  readonly image: ServedImage | undefined
  /** Stands before all paths. Only those who know it get an answer. */
  readonly token: string
  /** Hears of each answer, in words. */
  readonly log: (line: string) => void
}

/** Headers of all answers. A page may be in no frame, and other sites get no byte. */
const GUARDS: OutgoingHttpHeaders = {
  'Cache-Control': 'no-store',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
}
/** The page has a policy of its own. Both apply, so that it can ask nobody but us. */
const PAGE_POLICY = "connect-src 'self'; frame-ancestors 'none'"
const IMAGE_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"

/** How long a request may take to arrive, in milliseconds. */
const PATIENCE = 10_000
const MOST_CONNECTIONS = 64

/**
 * A server for a page and one image, which listens nowhere yet. It has two addresses, and no files by their names. A site that
 * has its own name lead here (DNS rebinding) gets nothing, because its requests name another host.
 */
export function imageServer(service: Service): Server {
  const server = createServer({ headersTimeout: PATIENCE, requestTimeout: PATIENCE }, (request, response) => {
    const place = placeOf(request, service)
    response.once('close', () => {
      const { method = '', headers } = request
      const what = [method, place.kind === 'refused' ? 'another address' : place.kind, headers.range ?? '']
      service.log(`${what.filter((word) => word !== '').join(' ')}: ${response.statusCode}`)
    })
    // Whoever asks may go away at any time.
    response.on('error', () => {})
    answer(place, request, response, service).catch(() => fail(response))
  })
  server.maxConnections = MOST_CONNECTIONS
  return server
}

type Place =
  | { readonly kind: 'page' | 'image' }
  | { readonly kind: 'refused'; readonly status: number; readonly headers?: OutgoingHttpHeaders }

function placeOf({ method = '', url = '', headers, socket }: IncomingMessage, { token, image }: Service): Place {
  const { localPort } = socket
  const hosts = [`127.0.0.1:${localPort}`, `localhost:${localPort}`]
  if (!hosts.includes(headers.host ?? '')) return { kind: 'refused', status: 421 }
  if (method !== 'GET' && method !== 'HEAD') {
    return { kind: 'refused', status: 405, headers: { Allow: 'GET, HEAD', Connection: 'close' } }
  }
  const [, given = '', name] = /^\/([^/?]*)\/(image)?$/.exec(url) ?? []
  if (!isSame(given, token)) return { kind: 'refused', status: 404 }
  if (name === undefined) return { kind: 'page' }
  return image === undefined ? { kind: 'refused', status: 404 } : { kind: 'image' }
}

/** Compares in a time that tells nothing about where two texts differ. */
function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest())
  return timingSafeEqual(a!, b!)
}

async function answer(
  place: Place,
  request: IncomingMessage,
  response: ServerResponse,
  { page, image }: Service,
): Promise<void> {
  if (place.kind === 'refused') {
    response.writeHead(place.status, { ...GUARDS, ...place.headers, 'Content-Length': 0 }).end()
  } else if (place.kind === 'page') {
    const headers = { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': PAGE_POLICY }
    response.writeHead(200, { ...GUARDS, ...headers, 'Content-Length': Buffer.byteLength(page) })
    response.end(request.method === 'HEAD' ? '' : page)
  } else await giveImage(image!, request, response)
}

async function giveImage(image: ServedImage, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const opened = await image.open()
  try {
    const { size, etag } = opened
    const { range, 'if-range': ifRange = etag } = request.headers
    const { status, start, end } = wanted(ifRange === etag ? range : undefined, size)
    response.writeHead(status, {
      ...GUARDS,
      'Accept-Ranges': 'bytes',
      'Content-Type': 'application/octet-stream',
      'Content-Security-Policy': IMAGE_POLICY,
      ETag: etag,
      'Content-Length': end - start,
      ...(status === 206 ? { 'Content-Range': `bytes ${start}-${end - 1}/${size}` } : {}),
      ...(status === 416 ? { 'Content-Range': `bytes */${size}` } : {}),
    })
    if (request.method === 'HEAD') response.end()
    else await pipeline(opened.pieces(start, end), response)
  } finally {
    await opened.close()
  }
}

/** Which bytes a request wants (RFC 9110 14.2): one range, or all. Several at once are refused. */
function wanted(range: string | undefined, size: number): { status: number; start: number; end: number } {
  if (range === undefined || !/^bytes=/i.test(range)) return { status: 200, start: 0, end: size }
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/i.exec(range) ?? []
  const start = first === '' ? Math.max(size - Number(last), 0) : Number(first)
  const end = first === '' || last === '' ? size : Math.min(Number(last) + 1, size)
  const isGood = (first !== '' || last !== '') && start < end
  return isGood ? { status: 206, start, end } : { status: 416, start: 0, end: 0 }
}

/** Where an answer has begun, the end of the connection says that it is not whole. */
function fail(response: ServerResponse): void {
  if (response.headersSent) response.destroy()
  else response.writeHead(502, { ...GUARDS, 'Content-Length': 0 }).end()
}
