import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { BIN, IMAGES, isoscope } from '../cli/run.ts'
import { describeWith, mustRun } from '../oracle.ts'

/** How long a screen may take to come, in milliseconds. */
const PATIENCE = 20_000
/** The code that owns the terminal, as the compiler left it. */
const BUILT = fileURLToPath(new URL('../../dist/src/cli/terminal.js', import.meta.url))
const PROMPT = 'READY>'

/** A pseudo terminal with a shell in it. */
class Terminal {
  readonly #socket: string
  readonly #work: string

  constructor(work: string, columns: number, rows: number) {
    this.#work = work
    this.#socket = join(work, 'tmux')
    const shell = ['env', 'LC_ALL=C.UTF-8', 'XDG_CACHE_HOME=/dev/null', `PS1=${PROMPT} `, 'bash', '--norc', '-i']
    this.#run('-f', '/dev/null', 'new-session', '-d', '-x', `${columns}`, '-y', `${rows}`, '-c', IMAGES, ...shell)
  }

  #run(...args: readonly string[]): string {
    return mustRun('tmux', ['-S', this.#socket, ...args]).toString()
  }

  /** Sends keys, each a character or a name of tmux. */
  keys(...keys: readonly string[]): void {
    this.#run('send-keys', ...keys)
  }

  /** Types a command line. */
  type(line: string): void {
    this.#run('send-keys', '-l', line)
    this.keys('Enter')
  }

  /** Runs isoscope in it; its process is the one that `pid` names. */
  start(args: string): void {
    this.type(`clear; sh -c 'echo $$ > ${this.#work}/pid; exec ${process.execPath} ${BIN} ${args}'`)
  }

  get pid(): number {
    return Number(readFileSync(join(this.#work, 'pid'), 'utf8'))
  }

  resize(columns: number, rows: number): void {
    this.#run('resize-window', '-x', `${columns}`, '-y', `${rows}`)
  }

  get screen(): string {
    return this.#run('capture-pane', '-p')
  }

  /** Waits until the screen has a text, and returns the screen. */
  async shows(text: string | RegExp): Promise<string> {
    const end = Date.now() + PATIENCE
    for (;;) {
      const { screen } = this
      if (typeof text === 'string' ? screen.includes(text) : text.test(screen)) return screen
      if (Date.now() > end) throw new Error(`the screen does not show ${text}:\n${screen}`)
      await sleep(30)
    }
  }

  /** What a program may leave behind: another screen, no cursor, no wrapping, and another mode of the line. */
  async state(): Promise<string> {
    const file = join(this.#work, 'stty')
    this.type(`stty -a > ${file}; clear; echo done`)
    await this.shows(/^done\n/)
    const flags = this.#run('display-message', '-p', '#{alternate_on} #{cursor_flag} #{wrap_flag}')
    return `${flags}${readFileSync(file, 'utf8')}`
  }

  end(): void {
    this.#run('kill-server')
  }
}

/** The names in a folder of a process; none once the process has ended. */
function readdirOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** The time that a process has computed, in hundredths of a second. */
function ticksOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return Number(fields[11]) + Number(fields[12])
}

describeWith(['tmux'], 'isoscope explore in a terminal', () => {
  let work = ''
  let terminal: Terminal
  let before = ''
  beforeAll(async () => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-explore-'))
    terminal = new Terminal(work, 80, 24)
    await terminal.shows(PROMPT)
    before = await terminal.state()
  })
  afterAll(() => {
    terminal.end()
    rmSync(work, { recursive: true, force: true })
  })

  it('moves, searches, says why, removes, undoes, follows the size of the terminal, and leaves it as it was', async () => {
    terminal.start('explore mini.iso')
    await terminal.shows('47 store paths')
    terminal.keys('Down')
    await terminal.shows(/▸ +361\.0 KiB etc/)
    // Several keys at once are all taken.
    terminal.keys('/', 'n', 'i', 'x', '-', '2')
    await terminal.shows(/\/nix-2_ +1 match: own 36\.1 KiB/)
    terminal.keys('Enter', 'w')
    await terminal.shows('└─ nix-2.31.2')
    terminal.keys('End', 'x')
    await terminal.shows(/mini\.iso {2}2\.0 MiB → ≈ 1\.7 MiB {2}\(−[\d,]+ bytes, 1 removed\)/)
    terminal.keys('u')
    await terminal.shows(/^ mini\.iso {2}2\.0 MiB *\n/)
    terminal.keys('w', 'x')
    const { stdout } = isoscope(['without', 'mini.iso', 'nix-2.31.2', '--json'])
    const { freed } = JSON.parse(stdout.toString()) as { freed: number }
    await terminal.shows(`(−${freed.toLocaleString('en')} bytes, 1 removed)`)
    terminal.resize(60, 20)
    const narrow = await terminal.shows('← pulled in by 1: ')
    expect(narrow.split('\n').filter((line) => line.length > 60)).toEqual([])
    terminal.resize(30, 6)
    await terminal.shows('this is 30x6')
    terminal.resize(120, 40)
    await terminal.shows(/┬─ 1 store path with 'nix-2' /)
    terminal.resize(80, 24)
    await terminal.shows(/nix-2\.31\.2 +│/)
    // Without a key it does nothing, but for what Node itself tidies up once after its start.
    let least = Number.POSITIVE_INFINITY
    for (let second = 0; second < 5 && least > 0; second += 1) {
      const begin = ticksOf(terminal.pid)
      await sleep(1000)
      least = Math.min(least, ticksOf(terminal.pid) - begin)
    }
    expect(least).toBe(0)
    terminal.keys('q')
    // What was removed is said as a command, so that it is not lost.
    await terminal.shows(/isoscope without mini\.iso\s+\/nix\/store\/\w+-nix-2\.31\.2\s+READY>/)
    expect(await terminal.state()).toBe(before)
  })

  it('opens the files of a path, and goes back', async () => {
    terminal.start('explore mini.iso')
    await terminal.shows('47 store paths')
    terminal.keys('/', 'p', 'e', 'r', 'l', 'Enter', 'Enter')
    await terminal.shows('OWN▾')
    terminal.keys('Left')
    await terminal.shows("1 store path with 'perl'")
    // Escape leaves the search, and then the explorer.
    terminal.keys('Escape')
    await terminal.shows('47 store paths')
    terminal.keys('Escape')
    await terminal.shows(PROMPT)
    expect(await terminal.state()).toBe(before)
  })

  it('leaves the terminal as it was when it is ended, and when it is interrupted', async () => {
    for (const [end, said] of [
      [() => process.kill(terminal.pid, 'SIGTERM'), 'Terminated'],
      [() => process.kill(terminal.pid, 'SIGHUP'), 'Hangup'],
      [() => terminal.keys('C-c'), PROMPT],
    ] as const) {
      terminal.start('explore mini.iso')
      await terminal.shows('47 store paths')
      end()
      await terminal.shows(said)
      await terminal.shows(PROMPT)
      expect(await terminal.state()).toBe(before)
    }
  })

  it('leaves the terminal as it was when a program breaks', async () => {
    const program = "{ start: 0, draw: () => ['drawn'], press() { throw new Error('broken') }, isDone: () => false }"
    const script = `import { runOnScreen } from '${BUILT}'; await runOnScreen(${program})`
    terminal.type(`clear; ${process.execPath} --input-type=module -e "${script}"`)
    await terminal.shows(/^drawn\n/)
    terminal.keys('x')
    await terminal.shows('Error: broken')
    expect(await terminal.state()).toBe(before)
  })

  it('ends quietly when its terminal goes away', async () => {
    const folder = mkdtempSync(join(work, 'gone-'))
    const other = new Terminal(folder, 80, 24)
    await other.shows(PROMPT)
    other.start(`explore mini.iso 2> ${folder}/stderr`)
    await other.shows('47 store paths')
    const { pid } = other
    other.end()
    const end = Date.now() + PATIENCE
    while (readdirOf(`/proc/${pid}/fd`).length > 0 && Date.now() < end) await sleep(30)
    expect(readdirOf(`/proc/${pid}/fd`)).toEqual([])
    expect(readFileSync(`${folder}/stderr`, 'utf8')).toBe('')
  })

  it('stops and goes on as the shell asks', async () => {
    terminal.start('explore mini.iso')
    await terminal.shows('47 store paths')
    terminal.keys('Down', 'C-z')
    await terminal.shows('Stopped')
    expect(await terminal.state()).toBe(before)
    terminal.type('fg')
    await terminal.shows(/▸ +361\.0 KiB etc/)
    terminal.keys('q')
    await terminal.shows(PROMPT)
    expect(await terminal.state()).toBe(before)
  })

  it('compares two images', async () => {
    terminal.start('explore mini.iso mini-slim.iso')
    await terminal.shows('33 store paths')
    terminal.keys('d')
    await terminal.shows(/gone +nixos-manual-html/)
    terminal.keys('d', 'd', 'd', 'd')
    await terminal.shows('what changed: gone')
    terminal.keys('q')
    await terminal.shows(PROMPT)
  })

  it('draws in ASCII where the locale has no more, and refuses a terminal that cannot move its cursor', async () => {
    terminal.type('clear; export LC_ALL=C NO_COLOR=1')
    terminal.start('explore mini.iso')
    const screen = await terminal.shows('47 store paths')
    expect(screen).toMatch(/^[\n -~]*$/)
    terminal.keys('q')
    await terminal.shows(PROMPT)
    terminal.type('clear; export TERM=dumb')
    terminal.start('explore mini.iso')
    await terminal.shows('needs a terminal that can move its cursor')
  })
})
