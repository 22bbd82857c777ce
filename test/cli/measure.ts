import { isoscope } from './run.ts'

/** What `check --json` says of a limit. */
export interface Result {
  readonly status: string
  readonly value: number | null
  readonly note: string
  readonly contributors: readonly {
    readonly name: string
    readonly bytes: number
    readonly storePath?: string
    readonly region?: string
    readonly chain?: readonly string[]
    readonly chainStorePaths?: readonly string[]
  }[]
}

/** What each limit, as `SUBJECT=BYTES`, measures in an image. */
export function measure(image: string, ...limits: readonly string[]): readonly Result[] {
  const { stdout } = isoscope(['check', image, '--json', ...limits.flatMap((limit) => ['--max', limit])])
  return (JSON.parse(stdout.toString()) as { results: readonly Result[] }).results
}

/** What globs match, in bytes. */
export function measureGlobs(image: string, ...globs: readonly string[]): readonly number[] {
  return measure(image, ...globs.map((glob) => `path:${glob}=1`)).map(({ value }) => value ?? 0)
}

/** The `stored` of each file in an image, by path. */
export function storedSizes(image: string, ...path: readonly string[]): ReadonlyMap<string, number> {
  const lines = isoscope(['ls', '-R', '-f', 'ndjson', image, ...path])
    .stdout.toString()
    .trimEnd()
    .split('\n')
  return new Map(
    lines.map((line) => {
      const { path: name, stored, type } = JSON.parse(line) as { path: string; stored: number; type: string }
      return [name, type === 'file' ? stored : 0]
    }),
  )
}

/** The first name of each file in an image, by path. */
export function firstNamesIn(image: string): ReadonlyMap<string, string> {
  const lines = isoscope(['ls', '-R', '-f', 'ndjson', image]).stdout.toString().trimEnd().split('\n')
  return new Map(
    lines.map((line) => {
      const { path, linkTo = path } = JSON.parse(line) as { path: string; linkTo?: string }
      return [path, linkTo]
    }),
  )
}
