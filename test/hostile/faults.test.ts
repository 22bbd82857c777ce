import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openImage } from '../../src/images/open-image.ts'
import { BIN, IMAGES, isoscope, isoscopeProcess, type Said } from '../cli/run.ts'

const MINI = join(IMAGES, 'mini.iso')

let work = ''
let count = 0
/** A folder of its own for each test. */
let folder = ''
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'isoscope-faults-'))
})
beforeEach(() => {
  folder = join(work, String(count++))
  mkdirSync(folder)
})
afterAll(() => rmSync(work, { recursive: true, force: true }))

/** The environment of a process in which some code runs first, in every thread, that makes `fs` misbehave. */
function withFault(code: string): Record<string, string> {
  const hook = join(work, `hook-${count++}.cjs`)
  writeFileSync(hook, `const fs = require('node:fs'); const { isMainThread } = require('node:worker_threads'); ${code}`)
  return { NODE_OPTIONS: `--require ${JSON.stringify(hook)}` }
}

/** Reads of some bytes of any file fail. */
const unreadable = (start: number, end: number): string => `
  const { readSync } = fs
  fs.readSync = (file, target, at, length, position) => {
    if (position < ${end} && position + length > ${start}) {
      throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO', errno: -5, syscall: 'read' })
    }
    return readSync(file, target, at, length, position)
  }`

/** Something is done before the first read at or behind a position. */
const beforeRead = (position: number, what: string): string => `
  const { readSync } = fs
  let done = false
  fs.readSync = (...args) => {
    if (!done && isMainThread && args[4] >= ${position}) {
      done = true
      ${what}
    }
    return readSync(...args)
  }`

function expectNoStack({ stderr }: Said): void {
  expect(stderr).not.toMatch(/^ {4}at |internal error/m)
}

/** Where the content of a file begins, and how many bytes of the image it takes. */
function placeOf(path: string): { start: number; length: number } {
  const open = openImage(MINI)
  try {
    const entry = open.image.tree.entries.find(({ name }) => name === path)!
    const [run] = open.image.runs(entry)
    return { start: run!.offset, length: run!.storedLength }
  } finally {
    open.close()
  }
}

describe('a disk that cannot be read', () => {
  it('is told with file, structure and offset, where nothing can be read without it', () => {
    const said = isoscopeProcess(['report', MINI], withFault(unreadable(0x8000, 0x8800)))
    expect(said.stderr).toMatch(/^isoscope: .*mini\.iso: .* at 0x8000: .*EIO/m)
    expect(said.code).toBe(2)
    expectNoStack(said)
  })

  it('in the middle of a file leaves the rest to be listed, and the file is named', () => {
    const { start, length } = placeOf('isolinux.bin')
    const env = withFault(unreadable(start + 1, start + length))
    const listed = isoscopeProcess(['ls', '-R', MINI], env)
    expect(listed.stdout).toEqual(isoscope(['ls', '-R', MINI]).stdout)
    const content = isoscopeProcess(['cat', MINI, '/isolinux/isolinux.bin'], env)
    expect(content.stderr).toMatch(/^isoscope: .*mini\.iso: file at 0x[0-9a-f]+: the system cannot read it: EIO/)
    expect(content.code).toBe(2)
    expectNoStack(content)
    expect(isoscopeProcess(['cat', MINI, '/version.txt'], env)).toMatchObject({ code: 0, stderr: '' })
  })

  it('in the data of the store leaves a scan to go on, whichever thread met it', () => {
    const { start, length } = placeOf('nix-store.squashfs')
    const env = withFault(unreadable(start + 96, start + 1000))
    const whole = JSON.parse(isoscope(['report', '--references', 'scan', '--json', MINI]).stdout.toString())
    for (const jobs of ['1', '2']) {
      const said = isoscopeProcess(['report', '--references', 'scan', '--jobs', jobs, '--json', MINI], env)
      expect(said.stderr).toMatch(/is not scanned in full: the system cannot read it: EIO/)
      expectNoStack(said)
      const { accounts, image } = JSON.parse(said.stdout.toString())
      expect(accounts.reduce((sum: number, { own }: { own: number }) => sum + own, 0)).toBe(image.size)
      expect(image.size).toBe(whole.image.size)
    }
    expect(length).toBeGreaterThan(1000)
  })
})

describe('a file that changes while it is read', () => {
  const copied = (): string => {
    const image = join(folder, 'image.iso')
    copyFileSync(MINI, image)
    return image
  }

  it.each(['report', 'ls', 'why', 'check', 'export'])('is told by %s, which ends with 2', (command) => {
    const image = copied()
    const env = withFault(beforeRead(0x8000, `fs.appendFileSync(${JSON.stringify(image)}, 'x')`))
    const further = { why: ['boost'], check: ['--max', '1GiB'], export: ['-f', 'dot'] }[command] ?? []
    const said = isoscopeProcess([command, image, ...further], env)
    expect(said.stderr).toContain('image.iso: the file changed while it was read; run the command again')
    expect(said.code).toBe(2)
  })

  it('and becomes shorter ends with a sentence, and nothing is kept of it', () => {
    const image = copied()
    const cache = join(folder, 'cache')
    const half = Math.floor(statSync(image).size / 2)
    const env = { ...withFault(beforeRead(0x10000, `fs.truncateSync(${JSON.stringify(image)}, ${half})`)) }
    const said = isoscopeProcess([image], { ...env, XDG_CACHE_HOME: cache })
    expect(said.stderr).toMatch(/became shorter while it was read|changed while it was read/)
    expect(said.code).toBe(2)
    expectNoStack(said)
    const kept = existsSync(join(cache, 'isoscope')) ? readdirSync(join(cache, 'isoscope')) : []
    // Compiled code is not about the file.
    expect(kept.filter((name) => !name.endsWith('.code'))).toEqual([])
  })

  it('that does not change is not suspected', () => {
    expect(isoscope([copied()])).toMatchObject({ code: 0, stderr: '' })
  })
})

describe('threads', () => {
  const scan = ['report', '--references', 'scan', '--json', MINI]
  it('that die leave the answer as it is', () => {
    const alone = isoscope([...scan, '--jobs', '1'])
    const env = withFault('if (!isMainThread) setImmediate(() => process.exit(1))')
    expect(isoscopeProcess([...scan, '--jobs', '4'], env)).toEqual(alone)
    const atWork = withFault('if (!isMainThread) fs.readSync = () => process.exit(1)')
    expect(isoscopeProcess([...scan, '--jobs', '4'], atWork)).toEqual(alone)
  })

  it('may be many more than there are cores', () => {
    expect(isoscope([...scan, '--jobs', '64'])).toEqual(isoscope([...scan, '--jobs', '1']))
  })
})

describe('a disk that is full', () => {
  /** Runs with a limit on the size of files, in blocks of 512 bytes or of 1024, as the shell has it. */
  const limited = (args: readonly string[], env: Record<string, string>): Said => {
    const command = ['-c', 'ulimit -f 4; exec "$@"', 'sh', process.execPath, BIN, ...args]
    const result = spawnSync('/bin/sh', command, { cwd: folder, env: { ...process.env, ...env } })
    return { code: result.status, stdout: result.stdout, stderr: result.stderr.toString() }
  }

  it.each(['report.json', 'report.json.gz'])('leaves no %s half-written', (name) => {
    const said = limited([MINI, '-o', name], { XDG_CACHE_HOME: '/dev/null' })
    expect(said.stderr).toMatch(new RegExp(`^isoscope: ${name}: cannot be written: EFBIG`, 'm'))
    expect(said.code).toBe(2)
    expectNoStack(said)
    expect(readdirSync(folder)).toEqual([])
  })

  it('leaves nothing in the cache, and the answer as it is', () => {
    const said = limited(['why', MINI, 'boost'], { XDG_CACHE_HOME: folder, LC_ALL: 'C.UTF-8' })
    expect(said).toEqual(isoscope(['why', MINI, 'boost']))
    expect(readdirSync(join(folder, 'isoscope'))).toEqual([])
  })
})

describe('a signal', () => {
  /** A disk that never finishes writing, and a signal in the meantime. */
  const interrupted = (signal: string): Record<string, string> =>
    withFault(`
      fs.write = fs.writev = () => {
        setInterval(() => {}, 1000)
        setTimeout(() => process.kill(process.pid, '${signal}'), 20)
      }`)

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s ends it as signals do, and leaves nothing half-written',
    (signal) => {
      const env = interrupted(signal)
      const result = spawnSync(process.execPath, [BIN, MINI, '-o', 'report.json'], {
        cwd: folder,
        timeout: 20_000,
        env: { ...process.env, ...env, XDG_CACHE_HOME: '/dev/null' },
      })
      expect(result.signal).toBe(signal)
      expect(result.stderr.toString()).toBe('')
      expect(readdirSync(folder)).toEqual([])
    },
  )

  it('is what the shell calls 130 and 143', () => {
    for (const [signal, code] of [
      ['INT', 130],
      ['TERM', 143],
    ]) {
      const env = interrupted(`SIG${signal}`)
      const command = `"$0" "$1" "${MINI}" -o report.json; echo $?`
      const { stdout } = spawnSync('/bin/sh', ['-c', command, process.execPath, BIN], {
        cwd: folder,
        env: { ...process.env, ...env, XDG_CACHE_HOME: '/dev/null' },
      })
      expect(stdout.toString().trim()).toBe(String(code))
    }
  })
})

describe('a user', () => {
  it.each([
    ['without a home', { HOME: '' }],
    ['whose home is not there', { HOME: '/nonexistent/home' }],
    ['whose cache is a file', { XDG_CACHE_HOME: MINI }],
  ])('%s has the same answers, and nothing written where nobody asked', (_, env) => {
    const said = isoscope(['why', MINI, 'boost'], { XDG_CACHE_HOME: '', ...env }, folder)
    expect(said).toEqual(isoscope(['why', MINI, 'boost']))
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('the library', () => {
  it('opens and closes 500 images without keeping descriptors', () => {
    const before = readdirSync('/dev/fd').length
    for (let index = 0; index < 500; index += 1) openImage(join(IMAGES, 'lz4.squashfs')).close()
    expect(readdirSync('/dev/fd').length).toBe(before)
  })

  it('keeps no descriptor of what it cannot open', () => {
    const bad = join(folder, 'bad.iso')
    appendFileSync(bad, 'text')
    const before = readdirSync('/dev/fd').length
    for (let index = 0; index < 100; index += 1) {
      expect(() => openImage(bad)).toThrow('bad.iso')
      expect(() => openImage(folder)).toThrow('directory')
    }
    expect(readdirSync('/dev/fd').length).toBe(before)
  })
})
