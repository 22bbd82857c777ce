import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LAYERS, merged, openUbuntu } from '../owners/small-ubuntu.ts'
import { squashfsOf } from '../parsers/squashfs/writer.ts'
import { isoscope } from './run.ts'

describe('an image of a layered live system', () => {
  let work = ''
  let image = ''
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-layers-'))
    image = join(work, 'live.iso')
    const { file } = openUbuntu()
    writeFileSync(image, file.read(0, file.size))
  })
  afterAll(() => rmSync(work, { recursive: true, force: true }))

  const text = (command: string, ...args: string[]): string => {
    const { code, stdout, stderr } = isoscope([command, image, ...args])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    return stdout.toString()
  }

  it('has a report that says in one sentence what upper layers hide', () => {
    const said = text('report')
    expect(said).toMatch(/\nLayers\n +upper layers hide 7 files of lower ones, \d+ B; 5 whiteouts take \d+ B\n/)
    expect(said).toMatch(/ \[shadowed by an upper layer\]\n/)
    expect(said).toMatch(/ \[whiteouts\]\n/)
    const saved = join(work, 'live.json')
    writeFileSync(saved, text('report', '--json'))
    expect(isoscope(['report', saved]).stdout.toString()).toContain('upper layers hide 7 files of lower ones')
  })

  it('has packages whose files lie in several layers', () => {
    expect(text('ls', 'nano').split('\n')).toEqual([
      '/casper/minimal.standard.squashfs/usr/bin/nano',
      '/casper/minimal.standard.live.squashfs/usr/share/nano/rc',
      '',
    ])
    expect(text('cat', 'nano/usr/share/nano/rc')).toMatch(/^for live systems/)
    expect(text('cat', 'nano/usr/bin/nano')).toMatch(/^nanonano/)
  })

  it('has the packages of the merged system, in a comparison with that', () => {
    const one = join(work, 'merged.squashfs')
    writeFileSync(one, squashfsOf(merged(...LAYERS)))
    const { stdout } = isoscope(['diff', image, one, '--json'])
    const { counts, new: now } = JSON.parse(stdout.toString()) as { counts: object; new: object }
    // One of them has no files.
    expect(now).toMatchObject({ packageCount: 8 })
    expect(counts).toEqual({ same: 8, moved: 0, rebuilt: 0, changed: 0, new: 0, gone: 0 })
  })
})
