import { afterEach, describe, expect, it, vi } from 'vitest'
import { scanProgress } from '../../src/cli/progress.ts'

describe('the progress of a scan', () => {
  const { isTTY } = process.stderr
  afterEach(() => {
    process.stderr.isTTY = isTTY
    vi.restoreAllMocks()
  })

  /** What is written of a scan that is half done at some time, in milliseconds, and then ends. */
  const written = (terminal: boolean, time: number): string => {
    let now = 1000
    let text = ''
    process.stderr.isTTY = terminal
    vi.spyOn(performance, 'now').mockImplementation(() => now)
    vi.spyOn(process.stderr, 'write').mockImplementation((piece) => {
      text += piece
      return true
    })
    const progress = scanProgress()
    now += time
    progress(50, 100)
    progress(50, 100)
    progress(100, 100)
    return text
  }

  it('is shown at a terminal, and taken away again', () => {
    const line = 'looking for references: 50 %'
    expect(written(true, 600)).toBe(`\r${line}\r${' '.repeat(line.length)}\r`)
  })

  it('is taken away when a signal ends the process', () => {
    const kill = vi.spyOn(process, 'kill').mockReturnValue(true)
    let text = ''
    process.stderr.isTTY = true
    vi.spyOn(performance, 'now').mockReturnValueOnce(0).mockReturnValue(600)
    vi.spyOn(process.stderr, 'write').mockImplementation((piece) => {
      text += piece
      return true
    })
    const progress = scanProgress()
    progress(50, 100)
    process.emit('SIGINT', 'SIGINT')
    expect(text).toMatch(/50 %\r +\r$/)
    expect(kill).toHaveBeenCalledWith(process.pid, 'SIGINT')
    expect(process.listenerCount('SIGINT')).toBe(0)
    progress(100, 100)
  })

  it('is not shown of a short one', () => {
    expect(written(true, 400)).toBe('')
  })

  it('is not shown in a pipe', () => {
    expect(written(false, 60_000)).toBe('')
  })
})
