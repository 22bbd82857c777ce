import { execFileSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { whatIsMissing } from './tools.ts'

/** Whether the tests that compare with other programs are among those that run. */
let comparing = false

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** What dist/ is made of, and by. */
const SOURCES = ['bin', 'parsers', 'scripts', 'src', 'package.json', 'package-lock.json', 'tsconfig.json']

/** Vitest's global set-up: the tests of the command line run what is built, so build it where it is not up to date. */
export function setup(project: { readonly vitest: { readonly projects: readonly { readonly name: string }[] } }): void {
  comparing = project.vitest.projects.some(({ name }) => name === 'agreement')
  if (timeOf('dist/files.json') > Math.max(...SOURCES.map(newest))) return
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: 'inherit' })
}

/** The last line of the comparison with other programs says which of them are not installed. */
export function teardown(): void {
  if (comparing) process.stdout.write(`${whatIsMissing()}\n`)
}

/** When a file was last written, or an entry of a folder came or went; 0 where there is none. */
function timeOf(path: string): number {
  return statSync(join(ROOT, path), { throwIfNoEntry: false })?.mtimeMs ?? 0
}

function newest(path: string): number {
  const below = statSync(join(ROOT, path)).isDirectory() ? readdirSync(join(ROOT, path), { recursive: true }) : []
  return Math.max(timeOf(path), ...below.map((name) => timeOf(join(path, String(name)))))
}
