import { createServer } from 'node:http'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { CERTIFICATE, endServers, give, listening, runAnew, serveSecurely } from './image-server.ts'
import { isoscope } from './run.ts'

/**
 * Starts a proxy that makes tunnels for who says this user and password, and notes where to.
 * @param to the port of this machine that all tunnels lead to, whatever was asked for
 */
async function tunnels(asked: unknown[], user: string, to?: number): Promise<string> {
  const proxy = createServer((_, response) => response.writeHead(400).end())
  proxy.on('connect', ({ url, headers }, socket, head) => {
    asked.push(url)
    if (headers['proxy-authorization'] !== `Basic ${btoa(user)}`) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
      return
    }
    const other = connect(to ?? Number(/\d+$/.exec(url!)![0]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      other.write(head)
      other.pipe(socket).pipe(other)
    })
    for (const end of [socket, other]) end.on('error', () => end.destroy())
  })
  return `127.0.0.1:${await listening(proxy)}`
}

describe('an image on a server of https', () => {
  afterEach(endServers)
  const trusted = { NODE_EXTRA_CA_CERTS: CERTIFICATE }

  it('is read where its certificate is trusted', async () => {
    const host = await serveSecurely((request, response) => give(request, response))
    const { code, stdout, stderr } = await runAnew(['ls', '-R', `${host}/mini.iso`, '-v'], trusted)
    expect({ code, stdout }).toEqual({ code: 0, stdout: isoscope(['ls', '-R', 'mini.iso']).stdout.toString() })
    expect(stderr).toMatch(/requests, .* from the server$/m)
  })

  it('is refused with a certificate that nobody trusts', async () => {
    const host = await serveSecurely((request, response) => give(request, response))
    const { code, stdout, stderr } = await runAnew(['ls', `${host}/mini.iso?token=secret`])
    const message = 'its certificate is not good: DEPTH_ZERO_SELF_SIGNED_CERT'
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: `isoscope: ${host}/mini.iso: file at 0x0: ${message}\n`,
    })
  })

  it('is refused with the certificate of another server', async () => {
    const host = await serveSecurely((request, response) => give(request, response))
    const proxy = await tunnels([], 'me:pass', Number(new URL(host).port))
    const env = { ...trusted, HTTPS_PROXY: `http://me:pass@${proxy}` }
    const { code, stderr } = await runAnew(['ls', 'https://images.example/mini.iso'], env)
    expect(code).toBe(2)
    expect(stderr).toContain('its certificate is not good: ERR_TLS_CERT_ALTNAME_INVALID')
  })

  it('is refused where the proxy refuses, whose password is not shown', async () => {
    const host = await serveSecurely((request, response) => give(request, response))
    const proxy = await tunnels([], 'me:pass')
    const env = { ...trusted, HTTPS_PROXY: `http://me:wrong@${proxy}` }
    const { code, stdout, stderr } = await runAnew(['ls', `${host}/mini.iso`], env)
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: `isoscope: ${host}/mini.iso: file at 0x0: the proxy answers 407\n`,
    })
  })

  it('is read through the tunnel of a proxy', async () => {
    const asked: unknown[] = []
    const host = await serveSecurely((request, response) => give(request, response))
    const proxy = await tunnels(asked, 'me:pass')
    const env = { ...trusted, HTTPS_PROXY: `http://me:pass@${proxy}` }
    const { code, stdout } = await runAnew(['ls', '-R', `${host}/mini.iso`], env)
    expect({ code, stdout }).toEqual({ code: 0, stdout: isoscope(['ls', '-R', 'mini.iso']).stdout.toString() })
    // One tunnel for all requests.
    expect(asked).toEqual([new URL(host).host])
  })
})
