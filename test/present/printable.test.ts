import { describe, expect, it } from 'vitest'
import { byteStringOfText, bytesOf, textOf } from '../../parsers/bytes/byte-string.ts'
import { printable, shortenMiddle, unescaped } from '../../src/present/text/printable.ts'

describe('printable', () => {
  it.each([
    ['plain', 'plain'],
    ['\u001b[31mred', '\\x1b[31mred'],
    ['a\nb\tc', 'a\\nb\\tc'],
    ['\xff\xfe', '\\xff\\xfe'],
    [byteStringOfText('ünï'), 'ünï'],
    [`${byteStringOfText('é')}\xff`, 'é\\xff'],
    [byteStringOfText('evil\u202egpj.exe'), 'evil\\u202egpj.exe'],
    [byteStringOfText('c1\u009b31m'), 'c1\\x9b31m'],
    ['dev-disk\\x2dlabel', 'dev-disk\\x2dlabel'],
  ])('%j prints as %j', (bytes, text) => {
    expect(printable(bytes)).toBe(text)
  })

  it.each([
    '\u001b[31mred',
    'a\nb\tc',
    '\xff\xfe',
    byteStringOfText('evil\u202egpj.exe'),
    `${byteStringOfText('é')}\xff`,
  ])('%j is found again by what was printed of it', (bytes) => {
    expect(unescaped(byteStringOfText(printable(bytes)))).toBe(bytes)
  })

  it('keeps bytes through text and back', () => {
    const name = byteStringOfText('名前 ü')
    expect(textOf(name)).toBe('名前 ü')
    expect(new TextDecoder().decode(bytesOf(name))).toBe('名前 ü')
    expect(textOf('\xc3')).toBeUndefined()
  })

  it('shortens in the middle', () => {
    expect(shortenMiddle('nixos-system-nixos-26.11', 11)).toBe('nixos…26.11')
    expect(shortenMiddle('short', 11)).toBe('short')
  })
})
