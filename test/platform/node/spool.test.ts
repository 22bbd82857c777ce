import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemSpool } from '../../../src/platform/node/spool.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'isoscope-spool-'))
  vi.stubEnv('TMPDIR', folder)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

/** The numbers of this process's open files in the folder. */
function openFiles(): string[] {
  const listed = spawnSync('/bin/sh', ['-c', `ls -l /proc/${process.pid}/fd`]).stdout.toString()
  return listed.split('\n').filter((line) => line.includes(folder))
}

describe('the temporary file of a spool', () => {
  it.skipIf(process.platform !== 'linux')('has no name, and is gone when its source is closed', () => {
    const spool = systemSpool(10)
    spool.write(new Uint8Array(10))
    expect(openFiles()).toHaveLength(0)
    spool.write(new Uint8Array(1))
    expect(openFiles()).toHaveLength(1)
    expect(readdirSync(folder)).toEqual([])
    const source = spool.finish('name', { kind: 'root' })
    expect(source.size).toBe(11)
    source.close()
    expect(openFiles()).toHaveLength(0)
  })

  it.skipIf(process.platform !== 'linux')('is gone when the spool is discarded', () => {
    const spool = systemSpool(0)
    spool.write(new Uint8Array(1))
    expect(openFiles()).toHaveLength(1)
    spool.discard()
    spool.discard()
    expect(openFiles()).toHaveLength(0)
  })

  it('cannot be made where there is no folder for it', () => {
    rmSync(folder, { recursive: true })
    expect(() => systemSpool(0).write(new Uint8Array(1))).toThrow(
      expect.objectContaining({
        code: 'IO',
        message: expect.stringMatching(/isoscope-[-0-9a-f]+: temporary file at 0x0: cannot be made: ENOENT/),
      }),
    )
  })
})
