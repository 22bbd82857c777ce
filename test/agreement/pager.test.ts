import { expect, it } from 'vitest'
import { BIN, IMAGES } from '../cli/run.ts'
import { describeWith, mustRun } from '../oracle.ts'

/** What a terminal of ten rows shows of a command line, without what is written to change how it looks. */
function screen(words: string, pager: string | undefined, keys = ''): readonly string[] {
  const choice = pager === undefined ? 'unset PAGER' : `export PAGER='${pager}'`
  const command = `stty cols 80 rows 10; unset LESS; ${choice}; ${process.execPath} ${BIN} ${words} 2>/dev/null; echo ended with $?`
  const bytes = mustRun('script', ['-qec', command, '/dev/null'], {
    input: Buffer.from(keys),
    cwd: IMAGES,
    env: { TERM: 'xterm', XDG_CACHE_HOME: '/dev/null' },
  })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is taken out
  const text = bytes.toString().replaceAll(/\x1b[^a-zA-Z]*[a-zA-Z]|\r/g, '')
  return text.trimEnd().split('\n')
}

describeWith(['script', 'less'], 'a pager', () => {
  const whole = mustRun(process.execPath, [BIN, 'ls', '-R', 'mini.iso'], { cwd: IMAGES })
    .toString()
    .trimEnd()
    .split('\n')

  it('gets all lines of what is longer than the screen, and ends before the command', () => {
    expect(screen('ls -R -w mini.iso', 'sed s/^/P:/')).toEqual([...whole.map((line) => `P:${line}`), 'ended with 0'])
  })

  it('gets nothing of what fits, of what nobody asked to be long, or if the user wants none', () => {
    for (const words of ['ls mini.iso', 'mini.iso', 'ls -R mini.iso --no-pager']) {
      const lines = screen(words, 'sed s/^/P:/')
      expect(lines.filter((line) => line.startsWith('P:'))).toEqual([])
      expect(lines.at(-1)).toBe('ended with 0')
    }
  })

  it('may be left before the end', () => {
    expect(screen('ls -R mini.iso', 'head -n 2')).toEqual([...whole.slice(0, 2), 'ended with 0'])
  })

  it('gets what has as many lines as the screen has rows, because the prompt takes one', () => {
    const rows = 10
    for (const lines of [rows - 1, rows]) {
      const shown = screen(`ls -R mini.iso -n ${lines}`, 'sed s/^/P:/')
      const isPaged = lines === rows
      expect(shown).toEqual([...whole.slice(0, lines).map((line) => (isPaged ? `P:${line}` : line)), 'ended with 0'])
    }
  })

  it('is left out if there is no such program', () => {
    expect(screen('ls -R -w mini.iso', 'no-such-pager -x')).toEqual([...whole, 'ended with 0'])
  })

  it('is less if none is chosen, which stops at the first screen', () => {
    const lines = screen('ls -R mini.iso', undefined, 'q')
    // The first line also has the key, which the terminal shows until less begins.
    expect(lines.slice(1, 9)).toEqual(whole.slice(1, 9))
    expect(lines.at(-1)).toMatch(/nded with 0$/)
    expect(lines.length).toBeLessThan(12)
  })
})
