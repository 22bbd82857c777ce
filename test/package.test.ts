import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const read = (name: string) => JSON.parse(readFileSync(`${ROOT}${name}`, 'utf8'))
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall']

describe('the published package', () => {
  it('has the command, the library, the schemas, and what every package has', () => {
    const listed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: ROOT })
    const [{ files }] = JSON.parse(listed.toString()) as [{ files: { path: string }[] }]
    const paths = files.map(({ path }) => path)
    const known =
      /^(LICENSE|README\.md|package\.json|bin\/((isoscope|load)\.js|package\.json)|schemas\/[a-z]+\.json|dist\/cli\/[\w-]+\.cjs|dist\/(src|parsers)\/.*\.(js|d\.ts))$/
    expect(paths.filter((path) => !known.test(path))).toEqual([])
    for (const path of ['bin/isoscope.js', 'dist/cli/main.cjs', 'dist/src/index.js', 'dist/parsers/index.d.ts']) {
      expect(paths).toContain(path)
    }
  })

  it('runs nothing when it is installed, and neither does anything it depends on', () => {
    const { scripts } = read('package.json')
    for (const script of INSTALL_SCRIPTS) expect(scripts).not.toHaveProperty(script)
    const { packages } = read('package-lock.json') as {
      packages: Record<string, { dev?: boolean; hasInstallScript?: boolean }>
    }
    const running = Object.entries(packages).filter(([, { dev, hasInstallScript }]) => hasInstallScript && !dev)
    expect(running.map(([name]) => name)).toEqual([])
    expect(Object.keys(packages)).toContain('node_modules/yargs')
  })
})
