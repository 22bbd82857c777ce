import { expect, it } from 'vitest'
import type { InstalledPackage } from '../../../src/owners/package-database.ts'
import { providingPaths } from '../../../src/owners/rpm/required-paths.ts'

const packageOf = (name: string, files: readonly string[], required: readonly string[]): InstalledPackage => ({
  name,
  version: '1',
  architecture: 'noarch',
  files,
  requires: required.map((path) => ({ alternatives: [path], isWeak: false })),
  provides: [],
  selection: undefined,
})
const provided = (packages: readonly InstalledPackage[], entries: Readonly<Record<string, number>>) =>
  providingPaths(packages, (path) => entries[path]).map(({ provides }) => provides)

it('a package provides the required paths of its files, however both are spelled', () => {
  const sh = packageOf('sh', ['/usr/bin/sh', '/usr/bin/other', '/etc/ghost'], [])
  const script = packageOf('script', ['/opt/sh'], ['/bin/sh', '/usr/bin/sh', '/etc/ghost', '/nowhere/sh'])
  const entries = { '/usr/bin/sh': 3, '/bin/sh': 3, '/usr/bin/other': 4, '/opt/sh': 5 }
  // A ghost need not exist: then its path has to be the same.
  expect(provided([sh, script], entries)).toEqual([['/usr/bin/sh', '/bin/sh', '/etc/ghost'], []])
})

it('many required paths of one name take no time that grows with their square', () => {
  const many = (folder: string) => Array.from({ length: 30_000 }, (_, at) => `/${folder}${at}/name`)
  const start = performance.now()
  expect(provided([packageOf('a', many('files'), many('required'))], {})).toEqual([[]])
  expect(performance.now() - start).toBeLessThan(4_000)
})
