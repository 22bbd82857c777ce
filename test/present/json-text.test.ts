import { describe, expect, it } from 'vitest'
import { UNSAFE } from '../../parsers/bytes/byte-string.ts'
import { jsonRows, jsonText } from '../../src/present/json/json-text.ts'

/** Each character that a terminal may act on, those beside them, and some that are safe. */
const ALL = `${Array.from({ length: 0x2100 }, (_, code) => String.fromCharCode(code)).join('')}\ufeff`

describe('JSON that is safe to print', () => {
  const unsafe = (text: string): string[] => text.match(UNSAFE) ?? []

  it('has the same value as JSON', () => {
    expect(unsafe(ALL).length).toBe(32 + 33 + 1 + 2 + 7 + 4 + 1)
    expect(unsafe(jsonText({ [ALL]: ALL }))).toEqual([])
    expect(JSON.parse(jsonText({ [ALL]: ALL }))).toEqual({ [ALL]: ALL })
  })

  it.each([0, 1, 2, 30])('has a line for each of %i rows, in pieces', (count) => {
    const rows = Array.from({ length: count }, (_, index) => ({ index, text: ALL }))
    const pieces = [...jsonRows(rows, (row) => row)]
    // A piece ends behind the row that makes it longer than 64 Ki characters.
    expect(pieces.length).toBe(count === 30 ? 4 : 1)
    const text = pieces.join('')
    expect(JSON.parse(`[${text}]`)).toEqual(rows)
    expect(unsafe(text)).toEqual(rows.map(() => '\n'))
    expect(text.split('\n').slice(1)).toEqual(rows.map((row, index) => jsonText(row) + (index < count - 1 ? ',' : '')))
  })
})
