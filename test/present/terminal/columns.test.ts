import { createInterface } from 'node:readline'
import { PassThrough } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asciiOf, fill, fillLeft, joinFitting, shorten, widthOf } from '../../../src/present/terminal/columns.ts'

/** The columns that Node's own line editor counts for a text. */
function widthByNode(text: string): number {
  const editor = createInterface({ input: new PassThrough(), output: new PassThrough(), terminal: true })
  editor.setPrompt('')
  editor.write(text)
  const { rows, cols } = editor.getCursorPos()
  editor.close()
  return rows * 80 + cols
}

describe('columns of a terminal', () => {
  it('are those that Node counts, of letters, ideographs, marks and pictures', () => {
    const samples = [
      'abc',
      'ä',
      'Ж',
      '中文',
      '日本語テキスト',
      '한국어',
      'ﾊﾝｶｸ',
      'ＡＢ',
      'e\u0301',
      '😀',
      '—',
      '│',
      'ก็',
    ]
    for (const sample of samples) expect([sample, widthOf(sample)]).toEqual([sample, widthByNode(sample)])
  })

  it('are those that Node counts, of letters and digits of all writing systems', () => {
    const different: string[] = []
    for (let code = 0xa1; code < 0x1_0000; code += 31) {
      const character = String.fromCharCode(code)
      if (/[\p{L}\p{N}\p{P}]/u.test(character) && widthOf(character) !== widthByNode(character)) {
        different.push(`U+${code.toString(16)}`)
      }
    }
    expect(different).toEqual([])
  })

  it('are as many as asked for, whatever the text', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '中', 'e\u0301', '…', '😀', ' ', '-'), maxLength: 40 })
    fc.assert(
      fc.property(text, fc.nat(30), (some, width) => {
        expect(widthOf(fill(some, width))).toBe(width)
        expect(widthOf(fillLeft(some, width))).toBe(width)
        expect(widthOf(shorten(some, width))).toBeLessThanOrEqual(width)
        if (widthOf(some) <= width) expect(shorten(some, width)).toBe(some)
      }),
    )
  })

  it('shorten a text in its middle', () => {
    expect(shorten('network-manager-1.42.4', 12)).toBe('networ….42.4')
    expect(shorten('中文中文日本', 7)).toBe('中…本')
    expect(fillLeft('7 B', 6)).toBe('   7 B')
  })

  it('hold as many phrases as fit', () => {
    expect(joinFitting(['own 1 B', 'retained 2 B', 'unpacked 3 B'], ' · ', 22)).toBe('own 1 B · retained 2 B')
    expect(joinFitting(['own 1 B', 'retained 2 B', 'unpacked 3 B'], ' · ', 37)).toBe(
      'own 1 B · retained 2 B · unpacked 3 B',
    )
  })

  it('need no more than ASCII where the terminal has no more', () => {
    expect(asciiOf('a → 中 …')).toBe('a > \\u{4e2d} ~')
  })
})
