import { execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { CONTENT, DISCS, fixtureOf, type Hostile, SQUASHFS, STORE_PATH } from './hostile-images.ts'
import { BIN } from './run.ts'

/** Address space in KiB, of which Node takes 0.9 GiB for itself before it does anything, and seconds of CPU time. */
const MEMORY = 1_500_000
const CPU_SECONDS = 10

const FAILURES = fileURLToPath(new URL('../../fixtures/failures/', import.meta.url))

const folder = mkdtempSync(join(tmpdir(), 'isoscope-hostile-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

interface Ended {
  readonly code: number | null
  readonly stdout: Buffer
  readonly stderr: string
}

/** Runs a command in little memory and time; where it takes more, it is killed and has no exit code of ours. */
function limited(args: readonly string[]): Promise<Ended> {
  const limits = `ulimit -v ${MEMORY}; ulimit -t ${CPU_SECONDS}; exec "$@"`
  const options = {
    cwd: folder,
    timeout: 60_000,
    maxBuffer: 1 << 28,
    encoding: 'buffer',
    env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', XDG_CACHE_HOME: '/dev/null' },
  } as const
  return new Promise((resolve) => {
    const program = ['-c', limits, 'sh', process.execPath, BIN, ...args]
    const child = execFile('/bin/sh', program, options, (_, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr: stderr.toString() }),
    )
  })
}

/** What holds of every command: it ends by itself, and says what it says in sentences. */
function expectSentences({ code, stderr }: Ended, codes: readonly number[]): void {
  expect(stderr).not.toMatch(/^ {4}at |\bError:|NaN|undefined|\[object|internal error/m)
  for (const line of stderr.split('\n').slice(0, -1)) expect(line).toMatch(/^isoscope: \S.*$/)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not reach a terminal
  expect(stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
  expect(codes).toContain(code)
}

/** Nothing in it acts on a terminal, and nothing of the program shows. */
function expectText(written: Buffer): void {
  // CSV ends its lines so. Of what is no UTF-8 there is none.
  const text = new TextDecoder('utf-8', { fatal: true }).decode(written).replaceAll('\r\n', '\n')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not reach a terminal
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
  expect(text).not.toMatch(/\bNaN\b|\bundefined\b|\[object /)
}

async function run(hostile: Hostile, kind: 'iso' | 'squashfs'): Promise<void> {
  const { name, said, listed, code, listCode = code, cat, metadata } = hostile
  const path = `${name}.${kind}`
  writeFileSync(join(folder, path), gunzipSync(readFileSync(join(FAILURES, fixtureOf(hostile, kind)))))
  const saved = [`${name}.md`, `${name}.csv`]
  const inside = kind === 'iso' ? `/nix-store.squashfs/${STORE_PATH}` : `/${STORE_PATH}`
  const [json, list, text, tree, difference, check, exported, why, content] = await Promise.all(
    [
      ['report', path, '--json', '-v'],
      ['ls', '-R', path, '-v'],
      ['report', path, '-v', ...saved.flatMap((file) => ['-o', file])],
      ['tree', path, '--references', 'scan', '--jobs', '2'],
      ['diff', path, path],
      ['check', path, '--max', '1GiB'],
      ['export', path, '--format', 'ncdu'],
      ['why', path, STORE_PATH],
      ['cat', path, cat?.[0] ?? inside],
    ].map(limited),
  )
  const expectSaid = (ended: Ended, nothing: boolean, code: number = hostile.code): void => {
    if (nothing) expect(ended.stderr).toBe('')
    else expect(ended.stderr).toMatch(said!)
    expectSentences(ended, [nothing ? 0 : code])
  }
  expectSaid(json!, said === undefined)
  expectSaid(text!, said === undefined)
  expectSaid(list!, said === undefined || listed === true, listCode)
  expectSentences(tree!, [code])
  expectSentences(difference!, [metadata === undefined ? code : 2])
  if (metadata !== undefined) expect(difference!.stderr).toMatch(metadata)
  // These need no contents.
  for (const ended of [check!, exported!]) expectSentences(ended, listed === true ? [0, code] : [listCode, code])
  expectSentences(why!, [0, 1, 2])
  for (const { stdout } of [json!, list!, text!, tree!, difference!, check!, exported!, why!]) expectText(stdout)
  for (const file of saved.map((file) => join(folder, file)).filter(existsSync)) {
    expectText(readFileSync(file))
    rmSync(file)
  }
  for (const { stdout } of [json!, exported!]) if (stdout.length > 0) JSON.parse(stdout.toString())
  expectSentences(content!, [0, 2])
  if (cat !== undefined) expect(content!.stderr).toMatch(cat[1])
  else if (content!.code === 0) expect(content!.stdout.toString()).toBe(CONTENT)
  if (cat?.[2] !== undefined) expect(Buffer.compare(content!.stdout, cat[2])).toBe(0)
  // What is sound can be read and asked about whatever lies beside it, where its directory could be read.
  if (code === 0) expect([cat === undefined ? content!.code : 0, why!.code]).toEqual([0, 0])
  rmSync(join(folder, path))
}

describe('the limits of these tests', () => {
  it('end what takes more', () => {
    const allocate = ['-e', 'Buffer.alloc(2 ** 31 - 1, 1)']
    const loop = ['-e', 'for (;;);']
    const under = (limit: string, script: readonly string[]) =>
      spawnSync('/bin/sh', ['-c', `ulimit ${limit}; exec "$@"`, 'sh', process.execPath, ...script])
    expect(under(`-v ${MEMORY}`, allocate).status).not.toBe(0)
    expect(under('-t 1', loop).status).toBeNull()
  })
})

describe.each(Object.entries(DISCS))('%s', (_, cases) => {
  it.each(cases)('$name', async (hostile) => {
    await run(hostile, 'iso')
  })
})

describe.each(Object.entries(SQUASHFS))('%s', (_, cases) => {
  it.each(cases)('$name', async (hostile) => {
    await run(hostile, 'squashfs')
  })
})
