import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Answer, endServers, give, IMAGE, runAnew, runThere, serve } from './image-server.ts'
import { BIN, IMAGES, isoscope } from './run.ts'

describe('an image on a server', () => {
  let cache = ''
  beforeAll(() => {
    cache = mkdtempSync(join(tmpdir(), 'isoscope-remote-'))
  })
  afterEach(endServers)
  afterAll(() => rmSync(cache, { recursive: true }))

  it('has the accounts and store paths of the same file here', async () => {
    const host = await serve((request, response) => give(request, response))
    const { code, stdout, stderr } = await runThere([`${host}/a/mini.iso?token=secret`, '--json', '-v'])
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
    const { code, stdout } = await runThere([before[0]!, `${host}/mini.iso`, ...before.slice(1), ...after])
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
      const { code } = await runAnew(['refs', `${host}/mini.iso${query}`, 'bash'], { XDG_CACHE_HOME: cache })
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
    const { code, stdout, stderr } = await runThere([`${await serve(answer)}/mini.iso`])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(stderr).toContain(`/mini.iso: file at 0x`)
    expect(stderr).toContain(message)
  })

  it('may be downloaded as a whole, for a while', async () => {
    const host = await serve((_, response) => response.end(IMAGE))
    const folder = mkdtempSync(join(cache, 'tmp-'))
    const answer = await runThere(['ls', `${host}/a b.iso?x=1`, '--download'], { TMPDIR: folder })
    expect(answer).toEqual({ code: 0, stdout: isoscope(['ls', 'mini.iso']).stdout.toString(), stderr: '' })
    expect(readdirSync(folder)).toEqual([])
  })

  it('is called by its URL without the query after a download, too', async () => {
    const host = await serve((_, response) => response.end(IMAGE))
    const { code, stdout } = await runThere([`${host}/mini.iso?token=secret`, '--download', '--json'])
    const ranges = await serve((request, response) => give(request, response))
    const other = await runThere([`${ranges}/mini.iso?token=secret`, '--json', '--deep'])
    const here = JSON.parse(isoscope(['mini.iso', '--json']).stdout.toString()) as Record<string, unknown>
    const there = JSON.parse(stdout) as Record<string, unknown> & { image: { name: string } }
    expect([code, other.code]).toEqual([0, 0])
    expect(there.image.name).toBe(`${host}/mini.iso`)
    for (const key of Object.keys(here)) if (key !== 'image') expect([key, there[key]]).toEqual([key, here[key]])
    expect(stdout).not.toMatch(/secret|isoscope-/)
    const text = Buffer.from('no image')
    const texts = await serve((_, response) => response.end(text))
    const refused = await runThere(['ls', `${texts}/a.txt?token=secret`, '--download'])
    expect(refused.stderr).toMatch(new RegExp(`^isoscope: ${texts}/a.txt: `))
    expect(refused.stderr).not.toMatch(/secret|isoscope-/)
  })

  it.each([
    ['why', 'nowhere'],
    ['diff', 'nowhere'],
    ['ls', '/nowhere'],
    ['ls', '--find', 'nowhere'],
    ['check', '--max', '1', '--json'],
    ['refs', 'nowhere'],
    ['verify'],
  ])('shows no query in what is said: %s', async (command, ...rest) => {
    const host = await serve((request, response) => give(request, response))
    const url = `${host}/mini.iso?token=secret`
    const images = command === 'diff' ? [url, `${url}2`] : [url]
    const { stdout, stderr } = await runThere([command, ...images, ...rest])
    expect(stdout + stderr).toContain(`${host}/mini.iso`)
    expect(stdout + stderr).not.toContain('secret')
  })

  it.each([
    ['help', 'URL'],
    ['help', 'why', 'URL'],
    ['verify', 'mini.iso', 'URL'],
    ['why', 'mini.iso', 'URL'],
    ['why-depends', 'mini.iso', 'bash', 'URL'],
    ['mini.iso', '--sort', 'URL'],
    ['mini.iso', '--offset', 'URL'],
    ['mini.iso', '--parser-limit', 'URL'],
    ['mini.iso', '-o', 'URL'],
    ['check', 'mini.iso', '--max', 'URL'],
    ['check', 'mini.iso', '--config', 'URL'],
    ['cache', 'URL'],
    ['completion', 'URL'],
    ['file://me:password@host.test/a.iso?token=secret'],
    ['https//me:password@host.test/a.iso?token=secret'],
  ])('shows no query and no user where it is not expected: %s %s %s', (...words) => {
    const typed = words.map((word) => (word === 'URL' ? 'http://me:password@host.test/a.iso?token=secret' : word))
    const { code, stdout, stderr } = isoscope(typed)
    expect(code).not.toBe(0)
    expect(stderr).toContain('host.test/a.iso')
    expect(stdout + stderr).not.toMatch(/secret|password/)
  })

  it('may have a saved report in its place', async () => {
    const path = join(cache, 'mini.json.gz')
    expect(isoscope(['mini.iso', '-o', path]).code).toBe(0)
    const saved = readFileSync(path)
    const host = await serve((request, response) => give(request, response, '"saved"', saved))
    const { code, stdout } = await runThere(['why', `${host}/mini.json.gz?token=secret`, 'nix'])
    const here = isoscope(['why', path, 'nix'])
    expect([code, here.code]).toEqual([0, 0])
    expect(stdout.replaceAll(`${host}/mini.json.gz`, path)).toBe(here.stdout.toString())
    const refused = await runThere(['ls', `${host}/mini.json.gz?token=secret`])
    expect(refused).toEqual({
      code: 2,
      stdout: '',
      stderr: `isoscope: ${host}/mini.json.gz: is a saved report; the image itself is needed for this\n`,
    })
  })

  it('is said to be identical to another only where both are one file, or were read', async () => {
    const changed = Buffer.from(IMAGE)
    // The system area of the disc, which no file is in.
    changed[100] = 1
    const host = await serve((request, response) =>
      give(request, response, '"one"', request.url!.startsWith('/changed') ? changed : IMAGE),
    )
    const told = async (...words: string[]): Promise<unknown> => {
      const { code, stdout } = await runThere(['diff', ...words, '--json'])
      return [code, (JSON.parse(stdout) as { isIdentical: unknown }).isIdentical]
    }
    const [url, other] = [`${host}/mini.iso`, `${host}/changed.iso`]
    expect(await told(url, url)).toEqual([0, true])
    expect(await told(url, other)).toEqual([0, undefined])
    expect(await told(url, `${url}?version=2`)).toEqual([0, undefined])
    expect(await told(url, `${url}?version=2`, '--content')).toEqual([0, true])
    expect(await told(url, other, '--exit-code')).toEqual([1, false])
    expect(await told(join(IMAGES, 'mini.iso'), url, '--exit-code')).toEqual([0, true])
    const { stderr } = await runThere(['diff', url, other, '--content'])
    expect(stderr).toContain(`${other}: comparing contents may take 2.0 MiB of the server\n`)
  })

  it.each([
    ['sbom', 'hashing the image takes 2.0 MiB of the server'],
    ['verify', 'verifying may take 2.0 MiB of the server'],
    ['duplicates', 'comparing contents may take 2.0 MiB of the server'],
    ['html', 'left out: what is in initrds and other images inside, and what is paid twice; --deep reads it'],
    ['advise', 'left out: what is in initrds and other images inside, and what is paid twice; --deep reads it'],
  ])('is not read by much without a word: %s', async (command, said) => {
    const host = await serve((request, response) => give(request, response))
    expect((await runThere([command, `${host}/mini.iso`])).stderr).toContain(said)
    if (command === 'sbom') {
      const local = JSON.parse((await runThere([command, join(IMAGES, 'mini.iso')])).stdout) as { metadata: unknown }
      const there = JSON.parse((await runThere([command, `${host}/mini.iso`])).stdout) as { metadata: unknown }
      expect(JSON.stringify(there.metadata)).toContain(/"content":"[0-9a-f]{64}"/.exec(JSON.stringify(local))![0])
    }
  })

  it('has the advice of the same file here, if all of it may be read', async () => {
    const host = await serve((request, response) => give(request, response))
    const { code, stdout, stderr } = await runThere(['advise', `${host}/mini.iso`, '--deep'])
    const here = isoscope(['advise', 'mini.iso', '--deep'])
    expect(code).toBe(here.code)
    expect(stdout.replaceAll(`${host}/`, '')).toBe(here.stdout.toString())
    expect(stderr).toContain('--deep may take 2.0 MiB of the server')
  })

  describe('that is large enough for threads', () => {
    /** The image, with enough behind it. */
    const large = Buffer.concat([IMAGE, Buffer.alloc(8 << 20)])
    const PAGE = 1 << 18
    let path = ''
    beforeAll(() => {
      path = join(cache, 'large.iso')
      writeFileSync(path, large)
    })

    it.each([
      ['referrers', ['--references', 'scan', '-vv'], ['bash']],
      ['verify', ['-vv'], []],
      ['duplicates', ['--deep'], []],
      ['report', ['--deep', '--references', 'scan'], []],
      ['diff', ['--content'], [join(IMAGES, 'mini.iso')]],
    ])('has the answers of the same file here, and is sent once: %s', async (command, options, words) => {
      const asked = new Map<number, number>()
      const host = await serve((request, response) => {
        const [first, last] = request.headers.range!.match(/\d+/g)!.map(Number)
        for (let page = Math.floor(first! / PAGE); page <= Math.floor(last! / PAGE); page += 1) {
          asked.set(page, (asked.get(page) ?? 0) + 1)
        }
        give(request, response, '"one"', large)
      })
      const jobs = command === 'duplicates' ? [] : ['--jobs', '2']
      const there = await runThere([command, `${host}/large.iso`, ...words, ...options, ...jobs])
      const here = isoscope([command, path, ...words, ...options, ...jobs])
      expect(there.stdout.replaceAll(`${host}/large.iso`, path)).toBe(here.stdout.toString())
      expect(there.code).toBe(here.code)
      expect([...asked.values()].filter((times) => times > 1)).toEqual([])
      expect(asked.size).toBeGreaterThan(3)
      // The time line has a row for each thread that had a job. This one has, for the main thread has to plan first.
      if (options.includes('-vv')) expect(there.stderr).toMatch(/\d {2}thread \d+\n/)
    })

    it('is an error where the server changes it, whichever thread reads', async () => {
      const host = await serve((request, response, count) =>
        give(request, response, count > 6 ? '"two"' : '"one"', large),
      )
      const { code, stderr } = await runThere(['verify', `${host}/large.iso`, '--jobs', '2'])
      expect(code).toBe(2)
      expect(stderr).toContain('the file on the server changed while it was read')
    })

    it('is not waited for after Ctrl-C', async () => {
      let requests = 0
      const host = await serve((request, response, count) => {
        requests = count
        // The threads wait for what never comes.
        if (count < 9) give(request, response, '"one"', large)
      })
      const child = spawn(process.execPath, [BIN, 'verify', `${host}/large.iso`, '--jobs', '2'], { stdio: 'ignore' })
      await vi.waitUntil(() => requests >= 9, { timeout: 20_000 })
      const start = Date.now()
      child.kill('SIGINT')
      const signal = await new Promise((resolve) => child.once('exit', (_, by) => resolve(by)))
      expect(signal).toBe('SIGINT')
      expect(Date.now() - start).toBeLessThan(1000)
    })
  })

  it('is asked for once where the server fails', async () => {
    let requests = 0
    const host = await serve((_, response) => {
      requests += 1
      response.writeHead(404).end()
    })
    expect((await runThere(['why', `${host}/mini.iso`, 'nix'])).code).toBe(2)
    expect(requests).toBe(1)
  })

  it('is given up at once where the thread that asks has ended', async () => {
    const host = await serve(() => {})
    const script = join(cache, 'end.cjs')
    writeFileSync(script, "if (!require('node:worker_threads').isMainThread) setTimeout(() => process.exit(3), 700)\n")
    const start = Date.now()
    const { code, stderr } = await runAnew(['ls', `${host}/mini.iso`], { NODE_OPTIONS: `--require ${script}` })
    expect(code).toBe(2)
    expect(stderr).toBe(`isoscope: ${host}/mini.iso: file at 0x0: the thread that reads it has ended\n`)
    expect(Date.now() - start).toBeLessThan(10_000)
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
    const { code, stderr } = await runThere(['ls', `${host}/a.pdf?token=secret`])
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
    expect((await runThere(['ls', `${host}/mini.iso`, '--header', 'X-Token: abc'])).code).toBe(0)
    expect([...seen]).toEqual(['abc'])
  })

  it('may be on this machine', () => {
    const url = pathToFileURL(join(IMAGES, 'mini.iso')).href
    expect(isoscope(['ls', url]).stdout.toString()).toBe(isoscope(['ls', join(IMAGES, 'mini.iso')]).stdout.toString())
  })
})
