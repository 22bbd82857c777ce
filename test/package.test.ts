import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const read = (name: string) => JSON.parse(readFileSync(`${ROOT}${name}`, 'utf8'))
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall']

function packedFiles(): string[] {
  const listed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: ROOT })
  const [{ files }] = JSON.parse(listed.toString()) as [{ files: { path: string }[] }]
  return files.map(({ path }) => path)
}

/** The files that a compiled module and its types import by relative path. */
function importsOf(path: string): string[] {
  const text = readFileSync(join(ROOT, path), 'utf8')
  const found = text.matchAll(/\b(?:from|import|import\()\s*['"](\.[^'"]+)['"]/g)
  return Array.from(found, ([, target]) => join(dirname(path), target!).replace(/\.ts$/, '.d.ts'))
}

describe('the published package', () => {
  let paths: readonly string[] = []
  beforeAll(() => {
    paths = packedFiles()
  })

  it('has the command, the library, the schemas, and what every package has', () => {
    const known =
      /^(LICENSE|README\.md|package\.json|bin\/((isoscope|load)\.js|package\.json)|schemas\/[a-z-]+\.json|dist\/cli\/[\w-]+\.cjs|dist\/isoscope\.1|dist\/package\.json|dist\/web\/(index|url)\.html|dist\/(src|parsers)\/.*\.(js|d\.ts))$/
    expect(paths.filter((path) => !known.test(path))).toEqual([])
    for (const path of [
      'bin/isoscope.js',
      'dist/cli/main.cjs',
      'dist/isoscope.1',
      'dist/web/index.html',
      'dist/web/url.html',
      'dist/src/index.js',
      'dist/parsers/index.d.ts',
    ]) {
      expect(paths).toContain(path)
    }
  })

  it('has the command line only bundled, for it looks for package.json from there', () => {
    expect(paths.filter((path) => path.startsWith('dist/src/cli/'))).toEqual([])
  })

  it('has every file that the library imports', () => {
    const library = paths.filter((path) => /^dist\/(src|parsers)\//.test(path))
    const imports = library.flatMap(importsOf)
    expect(imports.length).toBeGreaterThan(400)
    expect(imports.filter((path) => !paths.includes(path))).toEqual([])
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
