import { afterEach, describe, expect, it, vi } from 'vitest'
import { say } from '../../src/cli/output.ts'

const PATH = '/nix-store.squashfs/lqndabdvnz9p31a68ilqpml8f44msjpc-nix-2.31.2/bin/nix'

/** What is said on a terminal of this width; undefined for a pipe. */
function said(sentence: string, columns?: number): string {
  let text = ''
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((piece) => {
    text += piece
    return true
  })
  const { isTTY, columns: before } = process.stderr
  Object.assign(process.stderr, { isTTY: columns !== undefined, columns })
  try {
    say(sentence)
  } finally {
    Object.assign(process.stderr, { isTTY, columns: before })
    write.mockRestore()
  }
  return text
}

describe('a message', () => {
  afterEach(() => vi.restoreAllMocks())

  it('is one line in a pipe', () => {
    expect(said('x '.repeat(100))).toBe(`isoscope: ${'x '.repeat(100)}\n`)
  })

  it('breaks at spaces on a terminal, and keeps a path whole', () => {
    const lines = said(`mini.iso is cut short: 66.8 MiB of 136.0 MiB; download or copy ${PATH} again`, 60).split('\n')
    expect(lines).toEqual([
      'isoscope: mini.iso is cut short: 66.8 MiB of 136.0 MiB;',
      '  download or copy',
      `  ${PATH}`,
      '  again',
      '',
    ])
  })
})
