import { afterEach, describe, expect, it, vi } from 'vitest'
import { say } from '../../src/cli/output.ts'
import { clearProgress, progressOf, readProgress } from '../../src/cli/progress.ts'

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
    const progress = progressOf('looking for references')
    now += time
    progress(50 << 20, 100 << 20)
    progress(50 << 20, 100 << 20)
    progress(100 << 20, 100 << 20)
    return text
  }

  it('is shown at a terminal, and taken away again', () => {
    const line = 'looking for references: 50 % of 100.0 MiB'
    expect(written(true, 260)).toBe(`\r${line}\r${' '.repeat(line.length)}\r`)
  })

  it('says how much time is left of long work', () => {
    expect(written(true, 20_000)).toContain('50 % of 100.0 MiB, 20 s left')
    expect(written(true, 600_000)).toContain('50 % of 100.0 MiB, 10 min left')
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
    const progress = progressOf('looking for references')
    progress(50, 100)
    process.emit('SIGINT', 'SIGINT')
    expect(text).toMatch(/50 % of 100 B\r +\r$/)
    expect(kill).toHaveBeenCalledWith(process.pid, 'SIGINT')
    expect(process.listenerCount('SIGINT')).toBe(0)
    progress(100, 100)
  })

  it('says how much is done of work whose size nobody knows', () => {
    let text = ''
    process.stderr.isTTY = true
    vi.spyOn(performance, 'now').mockReturnValueOnce(0).mockReturnValue(5000)
    vi.spyOn(process.stderr, 'write').mockImplementation((piece) => {
      text += piece
      return true
    })
    progressOf('downloading')(50 << 20, Number.POSITIVE_INFINITY)
    clearProgress()
    expect(text).toMatch(/^\rdownloading: 50\.0 MiB\r +\r$/)
  })

  it('is not shown of a short one', () => {
    expect(written(true, 200)).toBe('')
  })

  it('is not shown in a pipe', () => {
    expect(written(false, 60_000)).toBe('')
  })
})

describe('the sign of life while an image is read', () => {
  const { isTTY } = process.stderr
  afterEach(() => {
    process.stderr.isTTY = isTTY
    vi.restoreAllMocks()
  })

  it('comes within 0.3 s of the start of the process, and goes before any output', () => {
    let text = ''
    let now = 100
    process.stderr.isTTY = true
    vi.spyOn(performance, 'now').mockImplementation(() => now)
    vi.spyOn(process.stderr, 'write').mockImplementation((piece) => {
      text += piece
      return true
    })
    const reads = readProgress()!
    reads(1 << 20)
    expect(text).toBe('')
    now = 299
    reads(1 << 20)
    expect(text).toBe('\rreading the image: 2.0 MiB')
    // Not for each read.
    now = 310
    reads(1 << 20)
    expect(text).toBe('\rreading the image: 2.0 MiB')
    say('done')
    expect(text).toBe(`\rreading the image: 2.0 MiB\r${' '.repeat(26)}\risoscope: done\n`)
  })

  it('does not exist in a pipe', () => {
    process.stderr.isTTY = false
    expect(readProgress()).toBeUndefined()
  })
})
