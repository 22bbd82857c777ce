import { createInterface, emitKeypressEvents, type Key } from 'node:readline'
import { PassThrough } from 'node:stream'
import { UsageError } from './exit-codes.ts'
import { onInterruption } from './interruption.ts'
import { widthOf } from './terminal-width.ts'

/** A program that owns the whole screen. Its state changes only with a key. */
export interface ScreenProgram<State> {
  readonly start: State
  /** The lines of the screen, each exactly as wide as it. */
  draw(state: State, size: TerminalSize): readonly string[]
  /** @param key a character, or the name of another key: "up", "pagedown", "return" */
  press(state: State, key: string, size: TerminalSize): State
  isDone(state: State): boolean
}

export interface TerminalSize {
  readonly columns: number
  readonly rows: number
}

/** How long we wait for the rest of a key that begins with Escape, in milliseconds. A slow line sends it in parts. */
const ESCAPE_TIMEOUT = 50

/** The other screen, no cursor, and no new line at the right edge; and all of that as it was. */
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l'
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l'
/** What lies between is shown at once, by terminals that know it. */
const BEGIN_UPDATE = '\u001b[?2026h'
const END_UPDATE = '\u001b[?2026l'

/** @throws {UsageError} if there is no terminal that can show a program like this */
export function requireTerminal(what: string): void {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw new UsageError(`${what} needs a terminal, for its keys and its screen`)
  }
  if (process.env['TERM'] === 'dumb') {
    throw new UsageError(`${what} needs a terminal that can move its cursor; this one says TERM=dumb`)
  }
}

/**
 * Runs a program on the screen until it is done, and returns its last state. The terminal is as before whenever the
 * process ends or stops, whatever the reason. Without a key or a signal it does nothing.
 */
export async function runOnScreen<State>(program: ScreenProgram<State>): Promise<State> {
  const { stdin, stdout } = process
  let state = program.start
  let drawn: readonly string[] = []
  let isOpen = false
  const size = (): TerminalSize => ({ columns: widthOf(stdout), rows: stdout.rows || 24 })
  const draw = (): void => {
    const lines = program.draw(state, size())
    const changed = lines.flatMap((line, index) => (line === drawn[index] ? [] : [`\u001b[${index + 1};1H${line}`]))
    drawn = lines
    if (changed.length > 0) stdout.write(BEGIN_UPDATE + changed.join('') + END_UPDATE)
  }
  const redraw = (): void => {
    drawn = []
    stdout.write('\u001b[2J')
    draw()
  }
  const open = (): void => {
    if (isOpen) return
    isOpen = true
    stdin.setRawMode(true)
    stdout.write(ENTER)
    redraw()
  }
  const close = (): void => {
    if (!isOpen) return
    isOpen = false
    stdout.write(LEAVE)
    stdin.setRawMode(false)
  }
  return new Promise<State>((resolve, reject) => {
    /** Runs a step; an error ends the program with the terminal restored. */
    const guarded = (step: () => void): void => {
      try {
        step()
      } catch (error) {
        end(() => reject(error))
      }
    }
    const stop = (): void => {
      close()
      process.off('SIGTSTP', stop)
      // We stand still here until a shell lets us go on. Where no shell could do that, the system does not stop us.
      process.kill(process.pid, 'SIGTSTP')
      process.on('SIGTSTP', stop)
      go()
    }
    const go = (): void => guarded(isOpen ? redraw : open)
    const resized = (): void => guarded(redraw)
    const pressed = (text: string | undefined, key: Key): void =>
      guarded(() => {
        if (key.ctrl === true && key.name === 'c') process.kill(process.pid, 'SIGINT')
        else if (key.ctrl === true && key.name === 'z') process.kill(0, 'SIGTSTP')
        else if (key.ctrl === true && key.name === 'l') redraw()
        else {
          const name = nameOf(text, key)
          if (name === undefined) return
          state = program.press(state, name, size())
          if (program.isDone(state)) end(() => resolve(state))
          else draw()
        }
      })
    // The terminal is gone, and there is nothing to restore. Node aborts if it ends by itself then, with a stack on
    // whatever stderr is: it cannot reset the terminal. So the signal ends it that says what happened.
    const hungUp = (): void => {
      process.removeAllListeners('SIGHUP')
      process.kill(process.pid, 'SIGHUP')
    }
    // Only an interface says how long to wait after Escape; this one reads nothing.
    const waiting = createInterface({ input: new PassThrough(), escapeCodeTimeout: ESCAPE_TIMEOUT })
    const calmed = onInterruption(close)
    const end = (then: () => void): void => {
      close()
      stdin.off('keypress', pressed).off('end', hungUp).off('error', hungUp).pause()
      stdout.off('resize', resized).off('error', hungUp)
      process.off('SIGCONT', go).off('SIGTSTP', stop).off('exit', close)
      waiting.close()
      calmed()
      then()
    }
    process.on('exit', close).on('SIGCONT', go).on('SIGTSTP', stop)
    // Before what others do about output that cannot be written, which is to exit.
    stdout.on('resize', resized).prependListener('error', hungUp)
    emitKeypressEvents(stdin, waiting)
    stdin.on('keypress', pressed).on('end', hungUp).on('error', hungUp)
    guarded(open)
    stdin.resume()
  })
}

/** A key as programs know it; undefined for one that they do not know. */
function nameOf(text: string | undefined, { name, ctrl, meta }: Key): string | undefined {
  if (ctrl === true || (meta === true && name !== 'escape')) return undefined
  if (text !== undefined && [...text].length === 1 && text >= ' ' && text !== '\u007f') return text
  return name === 'enter' ? 'return' : name
}
