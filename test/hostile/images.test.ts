import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type Ended, expectToSurvive } from '../cli/hostile.ts'
import { CONTAINERS, DISCS, SQUASHFS } from '../cli/hostile-images.ts'
import { BIN } from '../cli/run.ts'

/** Address space in KiB, of which Node takes 0.9 GiB for itself before it does anything, and seconds of CPU time. */
const MEMORY = 1_500_000
const CPU_SECONDS = 10

const folder = mkdtempSync(join(tmpdir(), 'isoscope-hostile-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** Runs a command in little memory and time; where it takes more, it is killed and has no exit code of ours. */
function limited(args: readonly string[]): Promise<Ended> {
  const limits = `ulimit -v ${MEMORY}; ulimit -t ${CPU_SECONDS}; exec "$@"`
  const options = {
    cwd: folder,
    timeout: 60_000,
    maxBuffer: 1 << 28,
    encoding: 'buffer',
    env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', XDG_CACHE_HOME: '/dev/null' },
  } as const
  return new Promise((resolve) => {
    const program = ['-c', limits, 'sh', process.execPath, BIN, ...args]
    const child = execFile('/bin/sh', program, options, (_, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr: stderr.toString() }),
    )
  })
}

describe('the limits of these tests', () => {
  it('end what takes more', () => {
    const allocate = ['-e', 'Buffer.alloc(2 ** 31 - 1, 1)']
    const loop = ['-e', 'for (;;);']
    const under = (limit: string, script: readonly string[]) =>
      spawnSync('/bin/sh', ['-c', `ulimit ${limit}; exec "$@"`, 'sh', process.execPath, ...script])
    expect(under(`-v ${MEMORY}`, allocate).status).not.toBe(0)
    expect(under('-t 1', loop).status).toBeNull()
  })
})

describe.each(Object.entries(DISCS))('%s', (_, cases) => {
  it.each(cases)('$name', async (hostile) => {
    await expectToSurvive(hostile, 'iso', folder, limited)
  })
})

describe.each(Object.entries({ ...SQUASHFS, ...CONTAINERS }))('%s', (_, cases) => {
  it.each(cases)('$name', async (hostile) => {
    await expectToSurvive(hostile, 'squashfs', folder, limited)
  })
})
