import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createSocketServer, type Server as SocketServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { RangeClient, type RangeOptions } from '../../../src/platform/node/range-client.ts'
import { randomBytes } from '../../parsers/codecs/samples.ts'

const FILE = randomBytes(300_000, 7)

type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void

/** What a request asks for: [start, end). */
function rangeOf({ headers }: IncomingMessage): [number, number] {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '')!
  return [Number(first), Math.min(Number(last) + 1, FILE.length)]
}

/** Gives the range, as a good server does. */
function give(request: IncomingMessage, response: ServerResponse, headers: Record<string, string> = {}): void {
  const [start, end] = rangeOf(request)
  const body = FILE.subarray(start, end)
  response.writeHead(206, {
    'Content-Range': `bytes ${start}-${end - 1}/${FILE.length}`,
    'Content-Length': String(body.length),
    ETag: '"one"',
    ...headers,
  })
  response.end(body)
}

describe('ranges of a file on a server', () => {
  const servers: (Server | SocketServer)[] = []
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.close()
      if ('closeAllConnections' in server) server.closeAllConnections()
    }
  })

  const listening = async (server: Server | SocketServer): Promise<string> => {
    servers.push(server)
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
    return `127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  const serve = (answer: Answer): Promise<string> => {
    let count = 0
    const server = createServer((request, response) => {
      count += 1
      answer(request, response, count)
    })
    return listening(server)
  }

  const clientOf = (host: string, options: Partial<RangeOptions> = {}): RangeClient =>
    new RangeClient({ url: `http://${host}/a.iso`, headers: {}, env: {}, timeout: 300, pause: 1, ...options })

  /** Gets all of the file in three ranges. */
  const getAll = async (client: RangeClient): Promise<void> => {
    const bytes = new Uint8Array(FILE.length)
    try {
      for (let at = 0; at < FILE.length; ) {
        const start = at
        const count = await client.get(start, Math.min(start + 100_000, FILE.length), (piece, before) => {
          bytes.set(piece, start + before)
        })
        expect(count).toBeGreaterThan(0)
        at += count
      }
    } finally {
      client.close()
    }
    expect(Buffer.compare(bytes, FILE)).toBe(0)
    expect(client.facts.size).toBe(FILE.length)
  }

  it('are asked for one by one, on one connection', async () => {
    const ports = new Set<number | undefined>()
    const host = await serve((request, response) => {
      ports.add(request.socket.remotePort)
      give(request, response)
    })
    const client = clientOf(host)
    await getAll(client)
    expect([client.requests, client.bytes, client.facts.stamp]).toEqual([3, FILE.length, '"one"'])
    expect(ports.size).toBe(1)
  })

  it('are asked for on the condition that the file is the same', async () => {
    const conditions: unknown[] = []
    const host = await serve((request, response) => {
      conditions.push(request.headers['if-range'], request.headers['accept-encoding'])
      give(request, response)
    })
    await getAll(clientOf(host))
    expect(conditions).toEqual([undefined, 'identity', '"one"', 'identity', '"one"', 'identity'])
  })

  it.each<[string, Answer, number]>([
    ['503, then the range', (q, r, n) => (n === 1 ? r.writeHead(503).end() : give(q, r)), 4],
    ['429 with Retry-After', (q, r, n) => (n === 2 ? r.writeHead(429, { 'Retry-After': '0' }).end() : give(q, r)), 4],
    ['the end of the connection', (q, r, n) => (n === 1 ? q.socket.destroy() : give(q, r)), 4],
    ['silence', (q, r, n) => (n === 1 ? undefined : give(q, r)), 4],
    [
      'half of the body, again and again',
      (q, r) => {
        const [start, end] = rangeOf(q)
        r.writeHead(206, {
          'Content-Range': `bytes ${start}-${end - 1}/${FILE.length}`,
          'Content-Length': String(end - start),
          ETag: '"one"',
        })
        r.write(FILE.subarray(start, Math.min(end, start + 70_000)), () => {
          if (end - start > 70_000) r.destroy()
          else r.end()
        })
      },
      6,
    ],
    [
      'fewer bytes than asked for',
      (q, r) => {
        const [start, end] = rangeOf(q)
        const part = FILE.subarray(start, Math.min(end, start + 50_000))
        r.writeHead(206, { 'Content-Range': `bytes ${start}-${start + part.length - 1}/${FILE.length}`, ETag: '"one"' })
        r.end(part)
      },
      6,
    ],
    ['a redirect', (q, r) => (q.url === '/a.iso' ? r.writeHead(302, { Location: '/b?c=d' }).end() : give(q, r)), 4],
    [
      'a redirect that runs out',
      (q, r, n) => {
        if (q.url === '/a.iso') r.writeHead(307, { Location: `/b${n}` }).end()
        else if (n === 3) r.writeHead(403).end()
        else give(q, r)
      },
      6,
    ],
    ['a weak ETag', (q, r) => give(q, r, { ETag: 'W/"one"' }), 3],
  ])('are complete after %s', async (_, answer, requests) => {
    const client = clientOf(await serve(answer))
    await getAll(client)
    expect(client.requests).toBe(requests)
  })

  it.each<[string, Answer, string]>([
    ['sends the whole file', (_, r) => r.end(FILE), 'ranges'],
    ['sends another ETag', (q, r, n) => give(q, r, { ETag: `"${n}"` }), 'changed while it was read'],
    ['sends the whole file later', (q, r, n) => (n === 1 ? give(q, r) : r.end(FILE)), 'changed while it was read'],
    ['has no file', (_, r) => r.writeHead(404, 'Not here').end(), 'answers 404 Not Found'],
    ['always answers 503', (_, r) => r.writeHead(503).end(), 'answers 503 Service Unavailable'],
    ['always says nothing', () => {}, 'says nothing for 1 s'],
    [
      'sends another range',
      (q, r) => give(q, r, { 'Content-Range': `bytes 5-100004/${FILE.length}` }),
      'another range',
    ],
    ['says no range', (q, r) => give(q, r, { 'Content-Range': 'bytes 0-99999/*' }), 'another range'],
    ['says a range beyond its end', (q, r) => give(q, r, { 'Content-Range': 'bytes 0-99999/70' }), 'another range'],
    [
      'says a size beyond all',
      (q, r) => give(q, r, { 'Content-Range': 'bytes 0-99999/99999999999999999999999' }),
      'above 2^53',
    ],
    [
      'says two lengths',
      (_, r) => r.writeHead(206, { 'Content-Range': 'bytes 0-9/300', 'Content-Length': '7' }).end('seven..'),
      'two lengths',
    ],
    [
      'sends more than it says',
      (_, r) => {
        r.writeHead(206, { 'Content-Range': 'bytes 0-9/300' })
        r.end(FILE)
      },
      'more than it says',
    ],
    ['compresses', (q, r) => give(q, r, { 'Content-Encoding': 'gzip' }), 'compresses what it sends'],
    ['redirects in a circle', (_, r) => r.writeHead(302, { Location: '/a.iso' }).end(), 'redirects more than 10 times'],
    ['redirects to a file', (_, r) => r.writeHead(302, { Location: 'file:///etc/passwd' }).end(), 'no URL of http'],
    ['sends many headers', (q, r) => give(q, r, { X: 'x'.repeat(20_000) }), 'too many headers'],
  ])('are refused where the server %s', async (_, answer, message) => {
    await expect(getAll(clientOf(await serve(answer)))).rejects.toThrow(message)
  })

  it('are refused in a transfer encoding that compresses', async () => {
    const head =
      'HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-99999/300000\r\nTransfer-Encoding: gzip, chunked\r\n\r\n'
    const host = await listening(
      createSocketServer((socket) => socket.on('error', () => {}).once('data', () => socket.end(`${head}0\r\n\r\n`))),
    )
    await expect(getAll(clientOf(host))).rejects.toThrow('compresses what it sends')
  })

  it('are complete from a server of HTTP/1.0, which ends each connection', async () => {
    const server = createSocketServer((socket) => {
      socket
        .on('error', () => {})
        .once('data', (data) => {
          const [, first, last] = /bytes=(\d+)-(\d+)/.exec(data.toString())!
          socket.write(`HTTP/1.0 206 Partial Content\r\nContent-Range: bytes ${first}-${last}/${FILE.length}\r\n\r\n`)
          socket.end(FILE.subarray(Number(first), Number(last) + 1))
        })
    })
    const client = clientOf(await listening(server))
    await getAll(client)
    expect([client.requests, client.facts.stamp]).toEqual([3, ''])
  })

  it('take the user and the headers to the server that was named, and to no other', async () => {
    const seen: unknown[] = []
    const other = await serve((request, response) => {
      seen.push(request.headers.authorization, request.headers['x-token'])
      give(request, response)
    })
    const host = await serve((request, response) => {
      seen.push(request.headers.authorization, request.headers['x-token'])
      response.writeHead(302, { Location: `http://${other}/` }).end()
    })
    const url = `http://me:se%20cret@${host}/a.iso?sig=1`
    await getAll(clientOf(host, { url, headers: { 'X-Token': 'abc' } }))
    expect(seen.slice(0, 4)).toEqual([`Basic ${btoa('me:se cret')}`, 'abc', undefined, undefined])
  })

  it('come through a proxy, but for hosts that NO_PROXY has', async () => {
    const asked: unknown[] = []
    const proxy = await serve((request, response) => {
      asked.push(request.url, request.headers['proxy-authorization'])
      give(request, response)
    })
    const env = { http_proxy: `http://u:p@${proxy}` }
    await getAll(clientOf('images.example:81', { env }))
    expect(asked.slice(0, 2)).toEqual(['http://images.example:81/a.iso', `Basic ${btoa('u:p')}`])
    const direct = await serve((request, response) => give(request, response))
    const count = asked.length
    for (const list of ['127.0.0.1', 'x, *', direct])
      await getAll(clientOf(direct, { env: { ...env, NO_PROXY: list } }))
    expect(asked.length).toBe(count)
    await getAll(clientOf(direct, { env: { ...env, NO_PROXY: '127.0.0.1:1, 0.0.1.example' } }))
    expect(asked.length).toBeGreaterThan(count)
  })

  it('take a user in UTF-8', async () => {
    const seen: unknown[] = []
    const host = await serve((request, response) => {
      seen.push(request.headers.authorization)
      give(request, response)
    })
    await getAll(clientOf(host, { url: `http://łukasz:ü@${host}/a.iso` }))
    expect(seen[0]).toBe(`Basic ${Buffer.from('łukasz:ü').toString('base64')}`)
  })

  it('come through a proxy with an address of IPv6', async () => {
    const asked: unknown[] = []
    const proxy = createServer((request, response) => {
      asked.push(request.url)
      give(request, response)
    })
    servers.push(proxy)
    await new Promise<void>((ready) => proxy.listen(0, '::1', ready))
    const { port } = proxy.address() as AddressInfo
    await getAll(clientOf('images.example', { env: { http_proxy: `http://[::1]:${port}` } }))
    expect(asked[0]).toBe('http://images.example/a.iso')
  })

  it('come through a tunnel of a proxy from a server of https', async () => {
    const asked: unknown[] = []
    const server = createServer()
    server.on('connect', ({ url }, socket) => {
      asked.push(url)
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
    })
    const proxy = await listening(server)
    const client = clientOf('', { url: 'https://images.example/a.iso', env: { HTTPS_PROXY: proxy } })
    await expect(getAll(client)).rejects.toThrow('the proxy answers 403')
    expect(asked).toEqual(['images.example:443'])
  })

  it.each<[string, Answer]>([
    ['at once', (_, r) => r.end(FILE)],
    ['after 503', (_, r, n) => (n === 1 ? r.writeHead(503).end() : r.end(FILE))],
    [
      'after half of it',
      (_, r, n) => {
        r.writeHead(200, { 'Content-Length': String(FILE.length) })
        if (n > 1) r.end(FILE)
        else r.write(FILE.subarray(0, 70_000), () => r.destroy())
      },
    ],
    ['without a length', (_, r) => void r.write(FILE.subarray(0, 7), () => r.end(FILE.subarray(7)))],
  ])('may be the whole file: %s', async (_, answer) => {
    const client = clientOf(await serve(answer))
    let pieces: Uint8Array[] = []
    await client.getWhole(
      () => {
        pieces = []
      },
      (piece) => pieces.push(piece),
    )
    client.close()
    expect(Buffer.compare(Buffer.concat(pieces), FILE)).toBe(0)
  })

  it('are refused where there is no server', async () => {
    const server = createSocketServer()
    const host = await listening(server)
    await new Promise((closed) => server.close(closed))
    await expect(getAll(clientOf(host))).rejects.toThrow('the server refuses the connection')
  })

  it('say that a server of http does not answer in TLS', async () => {
    const host = await serve((_, response) => void response.end(FILE))
    const client = clientOf(host, { url: `https://${host}/a.iso` })
    await expect(getAll(client)).rejects.toThrow('the server does not answer in TLS; is its address http://?')
  })
})
