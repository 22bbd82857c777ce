import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const BIN: string = fileURLToPath(new URL('../../bin/isoscope.js', import.meta.url))

export const IMAGES: string = fileURLToPath(new URL('../../fixtures/images/', import.meta.url))

/** What the command line said. */
export interface Said {
  readonly code: number | null
  readonly stdout: Buffer
  readonly stderr: string
}

/** Runs the built command line as a user would, its output a pipe; it finds nothing kept of an earlier time. */
export function isoscope(args: readonly string[], env: Record<string, string> = {}, cwd: string = IMAGES): Said {
  const { NO_COLOR: _, FORCE_COLOR: __, GITHUB_ACTIONS: ___, GITHUB_STEP_SUMMARY: ____, ...inherited } = process.env
  const result = spawnSync(process.execPath, [BIN, ...args], {
    cwd,
    timeout: 60_000,
    maxBuffer: 1 << 28,
    env: { ...inherited, LC_ALL: 'C.UTF-8', XDG_CACHE_HOME: '/dev/null', ...env },
  })
  return { code: result.status, stdout: result.stdout, stderr: result.stderr.toString() }
}
