import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { crc32 } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isoscopeProcess } from './run.ts'

const MODULE = fileURLToPath(new URL('../../src/platform/node/code-cache.ts', import.meta.url))
const LIST = ['ls', 'mini.iso', '/']

describe('the code that V8 compiled in an earlier run', () => {
  let work = ''
  beforeEach(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-code-'))
  })
  afterEach(() => rmSync(work, { recursive: true }))

  const ask = (args: readonly string[], env: Record<string, string> = {}) => {
    const { code, stdout, stderr } = isoscopeProcess(args, { XDG_CACHE_HOME: work, ...env })
    return { code, stdout: stdout.toString(), stderr }
  }
  const folder = (): string => join(work, 'isoscope')
  const kept = (): string[] => readdirSync(folder()).filter((name) => name.endsWith('.code'))
  const path = (): string => join(folder(), kept()[0]!)
  const contentsOf = (bytes: Buffer): [name: string, length: number][] =>
    (JSON.parse(bytes.toString('latin1').split('\n')[0]!) as { files: [string, number][] }).files
  const filesIn = (bytes: Buffer): string[] => contentsOf(bytes).map(([name]) => name)
  /** What a file that is written anew has others of. */
  const stamp = () => {
    const { ino, mtimeNs } = statSync(path(), { bigint: true })
    return { ino, mtimeNs }
  }

  it('is kept for its owner alone, and is taken as it is', () => {
    const without = isoscopeProcess(LIST)
    const first = ask(LIST)
    expect(first).toEqual({ code: 0, stdout: without.stdout.toString(), stderr: '' })
    expect(kept()).toEqual([expect.stringMatching(`^[0-9a-f]{8}-${process.version}-${process.arch}\\.code$`)])
    expect(statSync(path()).mode & 0o777).toBe(0o600)
    // V8 refuses code of another version. The file would be written anew.
    const before = stamp()
    expect(ask(LIST)).toEqual(first)
    expect(stamp()).toEqual(before)
  })

  it('grows with each command, and keeps what others need', () => {
    ask(LIST)
    const ofList = filesIn(readFileSync(path()))
    expect(ofList).toContain('main.cjs')
    ask(['report', 'mini.iso'])
    const ofBoth = filesIn(readFileSync(path()))
    expect(ofBoth.slice(0, ofList.length)).toEqual(ofList)
    expect(ofBoth.length).toBeGreaterThan(ofList.length)
    const before = stamp()
    ask(LIST)
    ask(['report', 'mini.iso'])
    expect(stamp()).toEqual(before)
  })

  it('is of the flags of Node, and only the newest few files stay', () => {
    const right = ask(LIST)
    const plain = path()
    const flagged = { NODE_OPTIONS: '--max-old-space-size=500' }
    expect(ask(LIST, flagged)).toEqual(right)
    const other = join(folder(), kept().find((name) => name !== basename(plain))!)
    const stamps = () => [plain, other].map((each) => statSync(each, { bigint: true }).mtimeNs)
    const before = stamps()
    for (const env of [{}, flagged, {}, flagged]) expect(ask(LIST, env)).toEqual(right)
    expect(stamps()).toEqual(before)
    // V8 refuses code for other flags, and it is made anew.
    copyFileSync(other, plain)
    expect(ask(LIST)).toEqual(right)
    expect(readFileSync(plain).equals(readFileSync(other))).toBe(false)
    const again = stamps()
    expect(ask(LIST)).toEqual(right)
    expect(stamps()).toEqual(again)

    for (let index = 0; index < 12; index += 1) writeFileSync(join(folder(), `${index}.code`), '', { mode: 0o600 })
    writeFileSync(join(folder(), 'a.survey'), '')
    for (let index = 0; index < 12; index += 1) utimesSync(join(folder(), `${index}.code`), index, index)
    rmSync(plain)
    expect(ask(LIST)).toEqual(right)
    expect(kept()).toHaveLength(8)
    expect(kept()).toEqual(expect.arrayContaining([basename(plain), basename(other), '11.code', '6.code']))
    expect(readdirSync(folder())).toContain('a.survey')
  })

  it('is made anew if it is damaged', () => {
    const right = ask(LIST)
    const whole = readFileSync(path())
    const start = whole.indexOf('\n') + 1
    const flipped = Buffer.from(whole)
    for (let at = start; at < flipped.length; at += 4096) flipped[at]! ^= 0x20
    const damaged = [
      Buffer.alloc(0),
      Buffer.from('{"files":[["main.cjs",1e999,0]]}\n'),
      Buffer.from('{"files":7}\n'),
      Buffer.from('null\n'),
      Buffer.alloc(whole.length, 0x0a),
      whole.subarray(0, start),
      whole.subarray(0, whole.length / 2),
      flipped,
    ]
    for (const bytes of damaged) {
      writeFileSync(path(), bytes)
      expect(ask(LIST)).toEqual(right)
      expect(filesIn(readFileSync(path())).sort()).toEqual(filesIn(whole).sort())
    }
  })

  it('is not taken from where others can write', () => {
    const right = ask(LIST)
    chmodSync(path(), 0o666)
    expect(ask(LIST)).toEqual(right)
    expect(statSync(path()).mode & 0o777).toBe(0o600)
    const name = path()
    writeFileSync(join(work, 'elsewhere'), readFileSync(name))
    rmSync(name)
    symlinkSync(join(work, 'elsewhere'), name)
    expect(ask(LIST)).toEqual(right)
    expect(lstatSync(name).isFile()).toBe(true)
  })

  it('is not kept where nothing can be, nor for who says so', () => {
    const right = ask(LIST, { NODE_DISABLE_COMPILE_CACHE: '1' })
    expect(readdirSync(work)).toEqual([])
    writeFileSync(folder(), '')
    expect(ask(LIST)).toEqual(right)
    expect(ask(LIST, { XDG_CACHE_HOME: '', HOME: '' })).toEqual(right)
  })

  it('is counted and removed by the command about the cache', () => {
    ask(LIST)
    const bytes = statSync(path()).size
    expect(ask(['cache']).stdout).toMatch(`${folder()}\n1 entry, `)
    expect(ask(['cache']).stdout).toMatch(`(${bytes.toLocaleString('en')} bytes)`)
    expect(ask(['cache', '--clear']).stdout).toMatch(/^removed 1 entry, /)
    expect(readdirSync(folder())).toEqual([])
  })

  describe('of files that require each other', () => {
    /** Loads the files in a process of their own, with what they print. */
    const run = (files: Readonly<Record<string, string>>, env: Record<string, string> = {}): string => {
      mkdirSync(join(work, 'files'), { recursive: true })
      for (const [name, text] of Object.entries(files)) writeFileSync(join(work, 'files', name), text)
      const script = `import { createRequire } from 'node:module'
        import { loadCompiled } from ${JSON.stringify(MODULE.replace('/src/', '/dist/src/').replace(/\.ts$/, '.js'))}
        loadCompiled('${work}/files', 'main.cjs', createRequire('${work}/'), '${folder()}')`
      const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
        encoding: 'utf8',
        env: { ...process.env, ...env },
      })
      return stdout + stderr
    }
    const twice = (files: Readonly<Record<string, string>>): string => {
      const first = run(files)
      const before = stamp()
      expect(run(files)).toBe(first)
      expect(stamp()).toEqual(before)
      return first
    }

    it('loads each once, also in a circle', () => {
      const printed = twice({
        'main.cjs': `exports.early = 1; const b = require('./b.cjs'); console.log(b.seen, require('./b.cjs') === b, __filename, __dirname)`,
        'b.cjs': `console.log('b'); module.exports = { seen: require('./main.cjs').early, path: require('node:path').sep }`,
      })
      expect(printed).toBe(`b\n1 true ${work}/files/main.cjs ${work}/files\n`)
    })

    it('names the place of an error', () => {
      const printed = twice({
        'main.cjs': `require('node:os')\ntry { null.x } catch (error) { console.log(error.stack.split('\\n')[1].trim()) }`,
      })
      expect(printed).toBe(`at ${work}/files/main.cjs:2:12\n`)
    })

    it('counts the columns of the first line as they are', () => {
      expect(run({ 'main.cjs': `console.log(new Error('x').stack.split('\\n')[1].trim())` })).toBe(
        `at ${work}/files/main.cjs:1:13\n`,
      )
    })

    it('never becomes less, for V8 drops what has not run lately', () => {
      const files = { 'main.cjs': `if (process.env.MORE) require('./b.cjs')`, 'b.cjs': '' }
      run(files)
      const whole = readFileSync(path())
      const [[name, length] = ['', 0]] = contentsOf(whole)
      // V8 takes code with bytes behind it.
      const code = Buffer.concat([whole.subarray(whole.indexOf('\n') + 1).subarray(0, length), Buffer.alloc(1024)])
      const head = JSON.stringify({ files: [[name, code.length, crc32(code)]] })
      writeFileSync(path(), `${head.padEnd(Math.ceil((head.length + 1) / 8) * 8 - 1)}\n`)
      appendFileSync(path(), code)
      run(files, { MORE: '1' })
      expect(contentsOf(readFileSync(path()))).toEqual([
        ['main.cjs', length + 1024, crc32(code)],
        ['b.cjs', expect.any(Number), expect.any(Number)],
      ])
    })

    it('is of this text alone', () => {
      expect(run({ 'main.cjs': `console.log('one')` })).toBe('one\n')
      expect(run({ 'main.cjs': `console.log('two')` })).toBe('two\n')
      expect(kept()).toHaveLength(2)
    })
  })
})
