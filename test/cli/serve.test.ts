import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, unlinkSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type RequestOptions, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { endServers, give, IMAGE, runAnew, serve } from './image-server.ts'
import { BIN, IMAGES } from './run.ts'

const running: ChildProcess[] = []

/** A command that serves, the address that it printed, and what it said besides. */
interface Served {
  readonly process: ChildProcess
  readonly address: URL
  said(): string
}

async function start(...args: readonly string[]): Promise<Served> {
  const proxies = { HTTP_PROXY: '', http_proxy: '', NO_PROXY: '*' }
  const env = { ...process.env, ...proxies, XDG_CONFIG_HOME: '/dev/null' }
  const child = spawn(process.execPath, [BIN, 'serve', ...args], {
    cwd: IMAGES,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.push(child)
  let said = ''
  child.stderr.on('data', (piece) => (said += piece))
  const [line] = (await Promise.race([once(createInterface(child.stdout), 'line'), once(child, 'exit')])) as [string]
  if (typeof line !== 'string') throw new Error(said)
  return { process: child, address: new URL(line), said: () => said }
}

interface Got {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** Asks as no browser would: the path goes as it is. */
function get({ port, pathname }: URL, options: RequestOptions = {}, body = ''): Promise<Got> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path: pathname, ...options }, (response) => {
      const pieces: Buffer[] = []
      response.on('data', (piece: Buffer) => pieces.push(piece))
      response.on('error', reject)
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(pieces) }),
      )
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

const imageOf = (address: URL): URL => new URL('image', address)
const range = (text: string): RequestOptions => ({ headers: { Range: text } })

afterAll(() => {
  for (const child of running) child.kill('SIGKILL')
})

describe('isoscope serve IMAGE', () => {
  let served: Served
  beforeAll(async () => {
    served = await start('mini.iso')
  })

  it('gives the page at an address with a secret of 128 bits', async () => {
    const { address } = served
    expect(address.href).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{22}\/$/)
    const { status, headers, body } = await get(address)
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "connect-src 'self'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'same-origin',
    })
    expect(headers).not.toHaveProperty('access-control-allow-origin')
    expect(body.toString()).toContain('<meta name="isoscope-image" content="{&#34;name&#34;:&#34;mini.iso&#34;,')
  })

  it('gives the image, whole and by ranges', async () => {
    const image = imageOf(served.address)
    const whole = await get(image)
    expect(whole.status).toBe(200)
    expect(whole.headers).toMatchObject({ 'content-length': String(IMAGE.length), 'accept-ranges': 'bytes' })
    expect(whole.body.equals(IMAGE)).toBe(true)
    const size = IMAGE.length
    for (const [text, from, to] of [
      ['bytes=0-0', 0, 1],
      ['bytes=1000-300000', 1000, 300_001],
      [`bytes=${size - 3}-`, size - 3, size],
      ['bytes=-5', size - 5, size],
      [`bytes=-${size * 2}`, 0, size],
      [`bytes=10-${'9'.repeat(400)}`, 10, size],
    ] as const) {
      const { status, headers, body } = await get(image, range(text))
      expect([text, status, headers['content-range']]).toEqual([text, 206, `bytes ${from}-${to - 1}/${size}`])
      expect(body.equals(IMAGE.subarray(from, to))).toBe(true)
      expect(headers.etag).toBe(whole.headers.etag)
    }
  })

  it('gives all of it where the range is of another state, or of another unit', async () => {
    const image = imageOf(served.address)
    const { etag = '' } = (await get(image, { method: 'HEAD' })).headers
    expect((await get(image, { headers: { Range: 'bytes=0-9', 'If-Range': etag } })).status).toBe(206)
    expect((await get(image, { headers: { Range: 'bytes=0-9', 'If-Range': '"other"' } })).status).toBe(200)
    expect((await get(image, range('lines=0-9'))).body.length).toBe(IMAGE.length)
  })

  it('tells the head alone where that is asked', async () => {
    for (const [place, length] of [
      [served.address, undefined],
      [imageOf(served.address), String(IMAGE.length)],
    ] as const) {
      const { status, headers, body } = await get(place, { method: 'HEAD' })
      expect([status, body.length]).toEqual([200, 0])
      expect(headers['content-length']).toBe(length ?? String((await get(place)).body.length))
    }
  })

  it.each([
    'bytes=0-1,3-4',
    `bytes=${Array.from({ length: 500 }, (_, at) => `${at * 2}-${at * 2}`).join(',')}`,
    'bytes=5-4',
    'bytes=-0',
    'bytes=-',
    'bytes=',
    'bytes=a-b',
    'bytes=0x0-0x9',
    `bytes=${IMAGE.length}-`,
    `bytes=${'9'.repeat(400)}-`,
    'bytes= 0-1',
  ])('refuses a range that is not one: %.40s', async (text) => {
    const { status, headers, body } = await get(imageOf(served.address), range(text))
    expect([status, headers['content-range'], body.length]).toEqual([416, `bytes */${IMAGE.length}`, 0])
  })

  it('has nothing at any other path', async () => {
    const { pathname } = served.address
    const other = pathname.replace(/^\/./, (start) => (start === '/A' ? '/B' : '/A'))
    for (const path of [
      '/',
      '/image',
      '//image',
      '/favicon.ico',
      other,
      `${other}image`,
      pathname.slice(0, -1),
      pathname.slice(0, -2),
      `${pathname.slice(0, -1)}A/`,
      `/${pathname}`,
      `${pathname}?`,
      `${pathname}image?x=1`,
      `${pathname}image/`,
      `${pathname}index.html`,
      `${pathname}../package.json`,
      `${pathname}..%2f..%2fpackage.json`,
      `${pathname}image/../../package.json`,
      `${pathname}%69mage`,
      `${pathname}${encodeURIComponent(join(IMAGES, 'mini.iso'))}`,
      `/..${pathname}image`,
      `/./${pathname.slice(1)}`,
      served.address.href,
      '*',
    ]) {
      const { status, headers, body } = await get(served.address, { path })
      expect([path, status, body.length]).toEqual([path, 404, 0])
      expect(headers['cache-control']).toBe('no-store')
    }
  })

  it('answers to its own names only', async () => {
    const { port } = served.address
    for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1', `127.0.0.1:${Number(port) ^ 1}`]) {
      expect([host, (await get(served.address, { headers: { Host: host } })).status]).toEqual([host, 421])
    }
    expect((await get(served.address, { headers: { Host: `localhost:${port}` } })).status).toBe(200)
  })

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'PROPFIND'])('refuses %s', async (method) => {
    for (const place of [served.address, imageOf(served.address)]) {
      const { status, headers } = await get(place, { method }, method === 'TRACE' ? '' : 'x'.repeat(100_000))
      expect([status, headers.allow]).toEqual([405, 'GET, HEAD'])
    }
  })

  it('goes on after requests that are none', async () => {
    const { port, pathname } = served.address
    const host = `Host: 127.0.0.1:${port}\r\n`
    for (const [text, answer] of [
      ['\0\xff\xfe\r\n\r\n', /^HTTP\/1\.1 400 /],
      [`GET ${pathname} HTTP/1.1\r\n\r\n`, /^HTTP\/1\.1 400 /],
      [`GET ${pathname} HTTP/1.0\r\n\r\n`, /^HTTP\/1\.1 421 /],
      [`GET ${pathname} HTTP/1.1\r\nHost:\r\n\r\n`, /^HTTP\/1\.1 421 /],
      [`GET ${pathname} HTTP/1.1\r\n${host}${host}\r\n`, /^HTTP\/1\.1 (?:400|421|200) /],
      [`GET ${pathname} HTTP/1.1\r\n${host}X: ${'x'.repeat(100_000)}\r\n\r\n`, /^(?:HTTP\/1\.1 431 .*)?$/s],
      [`CONNECT 127.0.0.1:${port} HTTP/1.1\r\n${host}\r\n`, /^$/],
    ] as const) {
      const socket = connect(Number(port), '127.0.0.1')
      socket.on('error', () => {})
      socket.end(Buffer.from(text, 'latin1'))
      let said = ''
      socket.on('data', (piece) => (said += piece.toString('latin1')))
      // A server that does not read all of a request may reset the connection, and then its answer may be lost.
      await new Promise((resolve) => socket.once('close', resolve))
      expect(said).toMatch(answer)
    }
    const gone = connect(Number(port), '127.0.0.1')
    gone.write(`GET ${pathname}image HTTP/1.1\r\n${host}\r\n`)
    await once(gone, 'data')
    gone.destroy()
    expect((await get(served.address)).status).toBe(200)
    expect(served.said()).toBe('isoscope: open this address in a browser; Ctrl-C ends it\n')
  })

  it('listens on 127.0.0.1 only', async () => {
    const socket = connect(Number(served.address.port), '127.0.0.2')
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException]
    expect(error.code).toBe('ECONNREFUSED')
  })
})

describe('isoscope serve', () => {
  let work = ''
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-serve-'))
  })
  afterEach(endServers)
  afterAll(() => rmSync(work, { recursive: true }))

  it('gives the page for files where no image is named', async () => {
    const { address } = await start('-q')
    const { body } = await get(address)
    expect(body.toString()).toContain("connect-src 'none'")
    expect(body.toString()).not.toContain('isoscope-image" content')
    expect((await get(imageOf(address))).status).toBe(404)
  })

  it('has another ETag once the file is another one, and no answer once it is gone', async () => {
    const path = join(work, 'changing.iso')
    copyFileSync(join(IMAGES, 'mini.iso'), path)
    const { address } = await start(path)
    const before = await get(imageOf(address), range('bytes=0-9'))
    truncateSync(path, 1 << 20)
    const after = await get(imageOf(address), range('bytes=0-9'))
    expect(after.headers['content-range']).toBe(`bytes 0-9/${1 << 20}`)
    expect(after.headers.etag).not.toBe(before.headers.etag)
    unlinkSync(path)
    expect((await get(imageOf(address), range('bytes=0-9'))).status).toBe(502)
  })

  it('tells each answer with -v, and never its secret', async () => {
    const { address, said } = await start('mini.iso', '-v')
    await get(address)
    await get(imageOf(address), range('bytes=0-9'))
    await get(address, { path: '/other' })
    await expect.poll(said).toMatch(/GET page: 200\n.*GET image bytes=0-9: 206\n.*GET another address: 404\n$/)
    expect(said()).not.toContain(address.pathname.slice(1, -1))
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('ends at once with %s, also in the middle of an answer', async (signal) => {
    const path = join(work, 'large.iso')
    copyFileSync(join(IMAGES, 'mini.iso'), path)
    truncateSync(path, 1 << 30)
    const { address, process: child } = await start(path)
    const socket = connect(Number(address.port), '127.0.0.1')
    socket.on('error', () => {})
    socket.write(`GET ${address.pathname}image HTTP/1.1\r\nHost: ${address.host}\r\n\r\n`)
    await once(socket, 'readable')
    const asked = performance.now()
    child.kill(signal)
    const [code, by] = await once(child, 'exit')
    expect([code, by]).toEqual([null, signal])
    expect(performance.now() - asked).toBeLessThan(2000)
    socket.destroy()
  })

  it('passes on the ranges of a URL, with the headers of the user, and shows no query', async () => {
    const asked: string[] = []
    const host = await serve((incoming, response) => {
      asked.push(String(incoming.headers['x-key']))
      give(incoming, response)
    })
    const { address, said } = await start(`${host}/mini.iso?token=secret`, '--header', 'X-Key: mine')
    const { status, headers, body } = await get(imageOf(address), range('bytes=300000-400000'))
    expect([status, headers['content-range']]).toEqual([206, `bytes 300000-400000/${IMAGE.length}`])
    expect(body.equals(IMAGE.subarray(300_000, 400_001))).toBe(true)
    const both = [range('bytes=0-99999'), range('bytes=1000000-1099999')].map((one) => get(imageOf(address), one))
    const [first, second] = await Promise.all(both)
    expect(first!.body.equals(IMAGE.subarray(0, 100_000))).toBe(true)
    expect(second!.body.equals(IMAGE.subarray(1_000_000, 1_100_000))).toBe(true)
    expect((await get(imageOf(address))).body.equals(IMAGE)).toBe(true)
    expect(new Set(asked)).toEqual(new Set(['mine']))
    const page = (await get(address)).body.toString()
    expect(page).toContain(`{&#34;name&#34;:&#34;${host}/mini.iso&#34;,&#34;isHere&#34;:false}`)
    expect(page + said()).not.toMatch(/token=|secret/)
  })

  it('has another ETag once the file of a URL is another one', async () => {
    let tag = '"one"'
    const host = await serve((incoming, response) => give(incoming, response, tag))
    const { address } = await start(`${host}/mini.iso`)
    const before = await get(imageOf(address), range('bytes=0-9'))
    tag = '"two"'
    await get(imageOf(address), range('bytes=0-9')).catch(() => {})
    const after = await get(imageOf(address), range('bytes=0-9'))
    expect([before.status, after.status]).toEqual([206, 206])
    expect(after.headers.etag).not.toBe(before.headers.etag)
  })

  it('serves a copy of a URL without ranges with --download', async () => {
    const host = await serve((_, response) => response.end(IMAGE))
    const { address } = await start(`${host}/mini.iso`, '--download')
    expect((await get(imageOf(address))).body.equals(IMAGE)).toBe(true)
    expect((await get(address)).body.toString()).toContain('&#34;isHere&#34;:true')
  })

  it('escapes the name of the image', async () => {
    const name = `"><script>alert(1)</script>&'.iso`.replaceAll('/', '_')
    copyFileSync(join(IMAGES, 'mini.iso'), join(work, name))
    const { address } = await start(join(work, name))
    const [, content = ''] = /<meta name="isoscope-image" content="([^"]*)">/.exec(
      (await get(address)).body.toString(),
    )!
    expect(content).not.toMatch(/[<>']/)
    const told = content.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code))
    expect(JSON.parse(told)).toEqual({ name: join(work, name), isHere: true })
  })

  it.each<readonly [string, readonly string[], string]>([
    ['a file that is not there', ['nowhere.iso'], 'nowhere.iso: no such file'],
    ['a directory', [IMAGES], 'directory'],
    ['no port', [join(IMAGES, 'mini.iso'), '--port', '65536'], '--port: takes a number up to 65535'],
    ['a part of a port', [join(IMAGES, 'mini.iso'), '--port', '1.5'], '--port: takes a number up to 65535'],
    ['a server without the file', ['http://127.0.0.1:1/a.iso?token=secret'], 'the server refuses the connection'],
  ])('refuses %s in one sentence', async (_, args, message) => {
    const { code, stdout, stderr } = await runAnew(['serve', ...args])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(stderr).toContain(message)
    expect(stderr).not.toContain('secret')
  })

  it('refuses a port that another program has', async () => {
    const other = createServer()
    await new Promise<void>((ready) => other.listen(0, '127.0.0.1', ready))
    const { port } = other.address() as AddressInfo
    const { code, stderr } = await runAnew(['serve', join(IMAGES, 'mini.iso'), '--port', String(port)])
    other.close()
    expect({ code, stderr }).toEqual({ code: 2, stderr: `isoscope: --port ${port}: another program listens there\n` })
  })

  it('listens where the user wants', async () => {
    const free = createServer()
    await new Promise<void>((ready) => free.listen(0, '127.0.0.1', ready))
    const { port } = free.address() as AddressInfo
    await new Promise((done) => free.close(done))
    const { address } = await start(join(IMAGES, 'mini.iso'), '--port', String(port))
    expect(address.port).toBe(String(port))
    expect(readFileSync(join(IMAGES, 'mini.iso')).equals((await get(imageOf(address))).body)).toBe(true)
  })
})
