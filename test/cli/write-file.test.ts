import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { writeFileWhole } from '../../src/cli/write-file.ts'

const work = mkdtempSync(join(tmpdir(), 'isoscope-write-'))
afterAll(() => rmSync(work, { recursive: true }))

describe('a file', () => {
  it('is written where a killed process of the same number left its unfinished file', async () => {
    const path = join(work, 'report.csv')
    writeFileSync(`${path}.${process.pid}.tmp`, 'unfinished')
    await writeFileWhole(path, ['a', 'b'])
    expect(readFileSync(path, 'utf8')).toBe('ab')
  })

  it('is as it was if its pieces end with an error, and nothing is left', async () => {
    const path = join(work, 'kept.csv')
    writeFileSync(path, 'before')
    const pieces = (function* () {
      yield 'a'
      throw new Error('no more')
    })()
    await expect(writeFileWhole(path, pieces)).rejects.toThrow('no more')
    expect(readFileSync(path, 'utf8')).toBe('before')
    expect(readdirSync(work).filter((name) => name.startsWith('kept.csv'))).toEqual(['kept.csv'])
  })
})
