import { copyFileSync, mkdtempSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { IMAGES, isoscope } from './run.ts'

const folder = mkdtempSync(join(tmpdir(), 'isoscope-runs-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The tests of the command line run it many times in a process. */
describe('a command line after another one in the same process', () => {
  it('is not quiet because that one was', () => {
    expect(isoscope(['refs', 'mini.iso', 'tzdata', '--quiet']).stderr).toBe('')
    expect(isoscope(['refs', 'mini.iso', 'tzdata']).stderr).not.toBe('')
  })

  it('does not answer for the files of that one', () => {
    const image = join(folder, 'image.iso')
    copyFileSync(join(IMAGES, 'mini.iso'), image)
    expect(isoscope(['ls', image]).code).toBe(0)
    utimesSync(image, 1, 1)
    expect(isoscope(['ls', 'mini.iso'])).toMatchObject({ code: 0, stderr: '' })
  })
})
