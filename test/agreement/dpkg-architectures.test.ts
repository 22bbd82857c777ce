import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { neighbours } from '../../src/graph/reference-graph.ts'
import { takeInventory } from '../../src/inventory/take-inventory.ts'
import { packageOf } from '../../src/owners/names.ts'
import { describeWith, mustRun, runTool } from '../oracle.ts'

/** Packages for two architectures, by name and architecture, with what they depend on. */
const PACKAGES: readonly (readonly [name: string, architecture: string, depends: string])[] = [
  ['libx', 'amd64', ''],
  ['libx', 'i386', ''],
  ['plain', 'amd64', 'libx (>= 1)'],
  ['foreign', 'amd64', 'libx:i386 (>= 1)'],
  ['own', 'i386', 'libx'],
  ['either', 'amd64', 'tool:any'],
  ['tool', 'i386', ''],
]

describeWith(['dpkg', 'dpkg-deb', 'mksquashfs'], 'dependencies on packages of another architecture', () => {
  let work = ''
  let admin: readonly string[] = []
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-architectures-'))
    const root = join(work, 'root')
    mkdirSync(join(root, 'var/lib/dpkg/info'), { recursive: true })
    for (const name of ['status', 'available']) writeFileSync(join(root, 'var/lib/dpkg', name), '')
    writeFileSync(join(root, 'var/lib/dpkg/arch'), 'amd64\ni386\n')
    admin = [`--root=${root}`, '--force-not-root', '--force-script-chrootless', '--no-pager']
    for (const [name, architecture, depends] of PACKAGES) {
      const folder = join(work, `${name}-${architecture}`)
      mkdirSync(join(folder, 'DEBIAN'), { recursive: true })
      mkdirSync(join(folder, `usr/lib/${architecture}`), { recursive: true })
      writeFileSync(join(folder, `usr/lib/${architecture}/${name}`), `${name} for ${architecture}`.repeat(100))
      const fields = {
        Package: name,
        Version: '1',
        Architecture: architecture,
        'Multi-Arch': name === 'libx' ? 'same' : 'allowed',
        Maintainer: 'a <a@b.c>',
        Description: 'x',
        ...(depends === '' ? {} : { Depends: depends }),
      }
      const control = Object.entries(fields).map(([field, value]) => `${field}: ${value}\n`)
      writeFileSync(join(folder, 'DEBIAN/control'), control.join(''))
      mustRun('dpkg-deb', ['--build', '--root-owner-group', folder, `${folder}.deb`])
      mustRun('dpkg', [...admin, '--install', '--force-depends', `${folder}.deb`])
    }
    mustRun('mksquashfs', [root, join(work, 'image'), '-noappend', '-quiet', '-no-progress', '-all-root'])
  })
  afterAll(() => rmSync(work, { recursive: true }))

  it('are those for which dpkg refuses to remove a package', async () => {
    const { references } = await takeInventory(join(work, 'image'))
    const { graph } = references!
    const nameOf = (key: string): string => {
      const { name } = packageOf(key)
      return `${name}:${/:(\w+)=/.exec(key)?.[1]}`
    }
    const ours = graph.keys.flatMap((key, node) =>
      key.includes('=')
        ? Array.from(neighbours(graph.references, node), (to) => `${nameOf(key)} ${nameOf(graph.keys[to]!)}`)
        : [],
    )
    const theirs = PACKAGES.flatMap(([name, architecture]) => {
      const { stderr } = runTool('dpkg', [...admin, '--no-act', '--remove', `${name}:${architecture}`])
      return [...stderr.matchAll(/^ (\S+) depends on (\S+?)[;.\s]/gm)].map(
        ([, from]) => `${withArchitecture(from!)} ${name}:${architecture}`,
      )
    })
    expect(
      readFileSync(join(work, 'root/var/lib/dpkg/status'), 'latin1').match(/^Status: install ok installed$/gm),
    ).toHaveLength(PACKAGES.length)
    expect(theirs.length).toBe(4)
    expect(ours.sort()).toEqual(theirs.sort())
  })
})

/** dpkg leaves out the architecture of a package that is there for one alone. */
function withArchitecture(name: string): string {
  return name.includes(':') ? name : `${name}:${PACKAGES.find(([one]) => one === name)![1]}`
}
