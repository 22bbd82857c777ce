import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** The examples of docs/api.md: each program, and what it prints. */
const examples = Array.from(
  readFileSync(`${ROOT}/docs/api.md`, 'utf8').matchAll(/\n## ([^\n]+)\n[^#]*?```js\n(.*?)```\n\n```text\n(.*?)```/gs),
  ([, title, program, printed]) => ({ title: title!, program: program!, printed: printed! }),
)

describe('docs/api.md', () => {
  it('has an example under each heading', () => {
    const headings = readFileSync(`${ROOT}/docs/api.md`, 'utf8').match(/^## .+$/gm)
    expect(examples.map(({ title }) => `## ${title}`)).toEqual(headings)
  })

  it.each(examples)('$title', ({ program, printed }) => {
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      cwd: ROOT,
      encoding: 'utf8',
    })
    expect({ stdout, stderr }).toEqual({ stdout: printed, stderr: '' })
  })
})
