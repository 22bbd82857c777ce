import { describe, expect, it } from 'vitest'
import { type Column, formatTable } from '../../../src/present/text/table.ts'

const COLUMNS: readonly Column[] = [
  { heading: 'size', align: 'right' },
  { heading: 'name', align: 'left' },
  { heading: 'why', align: 'left' },
]

describe('a table', () => {
  it('of many rows has the same columns from the first to the last', () => {
    const rows = Array.from({ length: 1234 }, (_, at) => [
      String(at * at),
      `name ${'x'.repeat(at % 40)}`,
      at % 7 === 0 ? 'a' : '',
    ])
    const lines = formatTable(COLUMNS, rows).split('\n')
    const width = String(1233 * 1233).length
    expect(lines).toEqual([
      `${'size'.padStart(width)}  ${'name'.padEnd(44)}  why`,
      ...rows.map(([size, name, why]) => `${size!.padStart(width)}  ${name!.padEnd(44)}  ${why}`.trimEnd()),
    ])
  })

  it('counts what is seen of a styled cell', () => {
    const bold = (text: string): string => `\u001b[1m${text}\u001b[22m`
    const rows = Array.from({ length: 300 }, (_, at) => ['1', at === 5 ? 'longest of all' : bold('b'), 'z'])
    const lines = formatTable(COLUMNS, rows).split('\n')
    expect(lines[6]).toBe('   1  longest of all  z')
    expect(lines[300]).toBe(`   1  ${bold('b')}${' '.repeat(13)}  z`)
  })
})
