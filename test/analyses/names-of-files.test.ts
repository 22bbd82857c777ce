import { describe, expect, it } from 'vitest'
import { type DiffRow, diff } from '../../src/analyses/diff.ts'
import { namesOfFiles } from '../../src/analyses/names-of-files.ts'
import type { Account } from '../../src/inventory/attribution.ts'
import { diffJson } from '../../src/present/json/diff.ts'
import { plainWords } from '../../src/present/text/cell.ts'
import { rowName } from '../../src/views/diff-rows.ts'
import { syntheticSide } from './synthetic-side.ts'

/** A file by its names, and its bytes. */
type File = readonly [names: readonly string[], own: number]

const accounts = (files: readonly File[]): Account[] =>
  files.map(([[name = '', ...otherNames], own]) => ({
    kind: 'file',
    name,
    ...(otherNames.length === 0 ? {} : { otherNames }),
    region: '/',
    own,
    unpacked: own,
    files: 1,
  }))

function compare(before: readonly File[], after: readonly File[]) {
  const side = (files: readonly File[]) => syntheticSide({ paths: [], others: accounts(files) })
  return diff(side(before), side(after), 'path')
}

const told = (rows: readonly DiffRow[]): string[] =>
  rows.map((row) => `${row.class} ${plainWords([rowName(row, ['path', 'paths'])])} ${row.before} ${row.after}`)

describe('names of files in a comparison', () => {
  it('leave out what has one name in both', () => {
    expect(namesOfFiles(accounts([[['/a'], 1]]), accounts([[['/a'], 2]]))).toEqual(new Map())
  })

  it('show both names of a hard link whose size changed', () => {
    expect(told(compare([[['/a', '/b'], 10]], [[['/a', '/b'], 30]]).rows)).toEqual(['changed /a = /b 10 30'])
  })

  it('know a file by any of its names', () => {
    const { rows } = compare([[['/live/initrd.img', '/live/initrd-1'], 10]], [[['/initrd', '/live/initrd.img'], 12]])
    expect(told(rows)).toEqual(['changed /initrd +2 names 10 12'])
  })

  it('have no new and no lost file where a name comes or goes', () => {
    expect(compare([[['/b'], 10]], [[['/a', '/b'], 10]]).rows).toEqual([])
    expect(compare([[['/a', '/b'], 10]], [[['/b'], 10]]).rows).toEqual([])
  })

  it('sum what was two files and is one', () => {
    const { rows, delta } = compare(
      [
        [['/a'], 10],
        [['/b'], 10],
      ],
      [[['/a', '/b'], 10]],
    )
    expect(told(rows)).toEqual(['changed /a = /b 20 10'])
    expect(rows.reduce((sum, row) => sum + row.delta, 0)).toBe(delta)
    const back = compare(
      [[['/a', '/b'], 10]],
      [
        [['/a'], 10],
        [['/b'], 10],
      ],
    )
    expect(told(back.rows)).toEqual(['changed /a = /b 10 20'])
  })

  it('join files that one name leads to from either side', () => {
    const { rows } = compare(
      [
        [['/a', '/b'], 10],
        [['/c', '/d'], 5],
      ],
      [[['/b', '/c'], 20]],
    )
    expect(told(rows)).toEqual(['changed /b +3 names 15 20'])
  })

  it('stand in JSON, as bytes where they are no text', () => {
    const json = JSON.parse(
      diffJson(compare([[['/a', '/\xff'], 10]], [[['/a', '/\xff'], 30]]), { old: 'old.iso', new: 'new.iso' }),
    ) as { rows: object[] }
    expect(json.rows).toMatchObject([{ name: '/a', otherNames: [{ base64: 'L/8=' }] }])
  })
})
