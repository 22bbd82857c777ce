import { spawnSync } from 'node:child_process'
import { describe, it } from 'vitest'
import { missingOf } from './tools.ts'

export { ROOT } from './tools.ts'

/** Whether the tests run in CI, where what they compare with must be there. */
export function isCI(): boolean {
  return (process.env['CI'] ?? '') !== ''
}

/**
 * A `describe` that needs independent tools to compare with. Where one is missing its tests are skipped under a name
 * that says why; in CI (`CI` is set) a missing tool fails.
 */
export function describeWith(tools: readonly string[], title: string, body: () => void): void {
  const missing = missingOf(tools)
  if (missing.length === 0) {
    describe(title, body)
  } else if (isCI()) {
    describe(title, () => {
      it(`has its oracle ${missing.join(', ')}`, () => {
        throw new Error(`not installed: ${missing.join(', ')}; CI must compare with it`)
      })
    })
  } else {
    describe.skip(`${title} (needs ${missing.join(', ')}, not installed)`, () => {
      // Vitest runs the body of what it skips, to count its tests; some make their samples with the tool right there.
      try {
        body()
      } catch {
        it('has tests that only the tool can list', () => {})
      }
    })
  }
}

/**
 * An `it.each` of which each case needs tools of its own: only those are skipped of which one is missing. In CI they run,
 * and fail.
 */
export function eachWith<Case extends readonly unknown[]>(
  cases: readonly Case[],
  toolsOf: (...one: Case) => readonly string[],
  title: string,
  body: (...one: Case) => void,
): void {
  for (const one of cases) {
    const missing = isCI() ? [] : missingOf(toolsOf(...one))
    const needs = missing.length === 0 ? '' : ` (needs ${missing.join(', ')}, not installed)`
    const test = missing.length === 0 ? it : it.skip
    test.each([one as unknown as readonly [unknown]])(title + needs, (...values) =>
      body(...(values as unknown as Case)),
    )
  }
}

/** What a tool said. */
export interface Output {
  /** Exit code; null when it was ended by a signal or by the time limit. */
  readonly code: number | null
  readonly stdout: Buffer
  readonly stderr: string
}

/** Runs a tool with a time limit and a limit on its memory, for damaged input can hang or bloat it. */
export function runTool(
  tool: string,
  args: readonly string[],
  options: { input?: Uint8Array; seconds?: number; env?: Record<string, string>; cwd?: string } = {},
): Output {
  const seconds = options.seconds ?? 60
  const result = spawnSync(
    '/bin/sh',
    ['-c', 'ulimit -v 4194304; exec timeout -k 1 "$0" "$@"', String(seconds), tool, ...args],
    {
      input: options.input,
      cwd: options.cwd,
      env: { ...process.env, TZ: 'UTC', LC_ALL: 'C', ...options.env },
      maxBuffer: 1 << 30,
    },
  )
  return { code: result.status, stdout: result.stdout, stderr: result.stderr.toString() }
}

/** As `runTool`, and throws with what the tool said when it did not end with 0. */
export function mustRun(tool: string, args: readonly string[], options: Parameters<typeof runTool>[2] = {}): Buffer {
  const output = runTool(tool, args, options)
  if (output.code !== 0) throw new Error(`${tool} ${args.join(' ')} ended with ${output.code}: ${output.stderr}`)
  return output.stdout
}
