import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { note, writeOut } from './output.ts'
import { clearProgress } from './progress.ts'

/** What less does where LESS says nothing: it ends if all fits, keeps colours, ignores case, and leaves the text there. */
const LESS_OPTIONS = 'FIRX'

/**
 * Writes text through a pager if stdout is a terminal that it does not fit on, and to stdout otherwise. It is for output
 * that the user asked to be long.
 * @param isAllowed false for `--no-pager`
 */
export async function writePaged(pieces: Iterable<string>, isAllowed: boolean): Promise<void> {
  const { isTTY } = process.stdout
  // A terminal without a size says 0.
  const rows = process.stdout.rows || 24
  const command = isTTY && isAllowed ? pagerCommand(process.env) : undefined
  if (command === undefined) {
    await writeOut(pieces)
    return
  }
  const iterator = pieces[Symbol.iterator]()
  const rest: Iterable<string> = { [Symbol.iterator]: () => iterator }
  let start = ''
  let lines = 0
  // The prompt of the shell takes a row.
  for (let step = iterator.next(); step.done !== true; step = iterator.next()) {
    start += step.value
    for (let at = step.value.indexOf('\n'); at >= 0; at = step.value.indexOf('\n', at + 1)) lines += 1
    if (lines >= rows) break
  }
  if (lines < rows) await writeOut([start])
  else await page(command, start, rest)
}

/** The pager that the user chose: `PAGER`, else less where it is installed; undefined for none. */
function pagerCommand({ PAGER, PATH = '', TERM }: NodeJS.ProcessEnv): string | undefined {
  if (TERM === 'dumb') return undefined
  const isThere = (program: string): boolean =>
    program.includes('/')
      ? isProgram(program)
      : PATH.split(delimiter).some((folder) => isProgram(join(folder, program)))
  if (PAGER === undefined) return isThere('less') ? 'less' : undefined
  if (PAGER === '' || PAGER === 'cat') return undefined
  // The shell reads it, so it may be more than the name of a program: "LESS=S less".
  const [program] = /^[\w./+-]+(?=\s|$)/.exec(PAGER) ?? []
  if (program === undefined || isThere(program)) return PAGER
  note(`PAGER: there is no program '${program}'; the output is not paged`)
  return undefined
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

async function page(command: string, start: string, rest: Iterable<string>): Promise<void> {
  clearProgress()
  const pager = spawn(command, {
    shell: true,
    stdio: ['pipe', 'inherit', 'inherit'],
    env: { LESS: LESS_OPTIONS, ...process.env },
  })
  const ended = new Promise<void>((resolve) => {
    pager.once('error', () => resolve())
    pager.once('exit', () => resolve())
  })
  // At the pager, Ctrl-C means the pager. It has the terminal until it ends.
  const ignore = (): void => {}
  process.on('SIGINT', ignore)
  try {
    await write(pager, start, rest, ended)
    await ended
  } finally {
    process.off('SIGINT', ignore)
  }
}

/** Writes until all is written or the user leaves the pager. */
async function write(
  { stdin }: ChildProcess,
  start: string,
  rest: Iterable<string>,
  ended: Promise<void>,
): Promise<void> {
  if (stdin === null) return
  let isOpen = true
  stdin.on('error', () => {
    isOpen = false
  })
  void ended.then(() => {
    isOpen = false
  })
  for (const piece of chain([start], rest)) {
    if (!stdin.write(piece)) await Promise.race([once(stdin, 'drain').catch(() => {}), ended])
    if (!isOpen) return
  }
  stdin.end()
}

function* chain(...parts: readonly Iterable<string>[]): Generator<string> {
  for (const part of parts) yield* part
}
