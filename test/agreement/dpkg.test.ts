import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { report } from '../../src/analyses/report.ts'
import { verify } from '../../src/analyses/verify.ts'
import { neighbours } from '../../src/graph/reference-graph.ts'
import { type OpenImage, openImage } from '../../src/images/open-image.ts'
import { resolvePath } from '../../src/images/resolve-path.ts'
import { takeIntegrity } from '../../src/inventory/integrity.ts'
import { type Inventory, takeInventoryOf } from '../../src/inventory/take-inventory.ts'
import { packageOf } from '../../src/owners/names.ts'
import { ownersIn, treeOwners } from '../../src/owners/owners-in.ts'
import { describeWith, mustRun } from '../oracle.ts'

/** Where the system that debootstrap makes is kept for the next run. */
const CACHE = join(tmpdir(), 'isoscope-test-debian')

/** A small Debian from the mirror that apt uses here. */
function debian(): string {
  const [site, codename] = mustRun('apt-get', [
    'indextargets',
    '--format',
    '$(SITE) $(CODENAME)',
    'Created-By: Packages',
  ])
    .toString()
    .split('\n')[0]!
    .split(' ')
  const root = `${CACHE}-${codename}`
  if (existsSync(root)) return root
  const made = mkdtempSync(`${CACHE}-`)
  const { status, stderr, stdout } = spawnSync('debootstrap', ['--variant=minbase', codename!, made, site!], {
    encoding: 'utf8',
    timeout: 600_000,
  })
  if (status !== 0) throw new Error(`debootstrap ended with ${status}: ${stdout.slice(-500)} ${stderr.slice(-500)}`)
  renameSync(made, root)
  return root
}

/** A format of dpkg-query: a line of fields for each package. */
function fields(...names: readonly string[]): string {
  return `${names.map((name) => `$\{${name}}`).join(' ')}\n`
}

/** The non-empty lines of what dpkg-query or apt-cache prints of the system. */
function lines(tool: string, args: readonly string[]): string[] {
  return mustRun(tool, args)
    .toString('latin1')
    .split('\n')
    .filter((line) => line !== '')
}

describeWith(
  ['debootstrap', 'mksquashfs', 'dpkg-query', 'apt-cache', 'apt-get'],
  'packages as dpkg and apt know them',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'isoscope-dpkg-'))
    const image = join(folder, 'debian.squashfs')
    let root: string
    let admin: string
    let open: OpenImage
    let inventory: Inventory

    beforeAll(async () => {
      root = debian()
      admin = `--admindir=${root}/var/lib/dpkg`
      mustRun('mksquashfs', [root, image, '-comp', 'zstd', '-Xcompression-level', '3', '-no-progress', '-quiet'], {
        seconds: 300,
      })
      open = openImage(image)
      inventory = await takeInventoryOf(open)
    }, 900_000)
    afterAll(() => {
      open?.close()
      rmSync(folder, { recursive: true, force: true })
    })

    it('are installed in the same versions', () => {
      const told = lines('dpkg-query', [admin, '-W', '-f', fields('Package', 'Version', 'Architecture')]).sort()
      const found = inventory
        .references!.graph.keys.filter((key) => !key.endsWith(':*'))
        .map((key) => {
          const { name, version, output } = packageOf(key)
          return `${name} ${version} ${output}`
        })
      expect(told.length).toBeGreaterThan(60)
      expect(found.sort()).toEqual(told)
    })

    it('own each file that dpkg -S says, asked by the spelling of the lists', () => {
      const spelled = new Set<string>()
      for (const list of lines('find', [`${root}/var/lib/dpkg/info`, '-name', '*.list'])) {
        for (const path of readFileSync(list, 'latin1').split('\n')) {
          const isThere = path !== '' && existsAs(`${root}${path}`)
          if (isThere) spelled.add(path)
        }
      }
      const owners = new Map<string, string[]>()
      const all = [...spelled]
      for (let at = 0; at < all.length; at += 500) {
        // dpkg-query takes patterns.
        const patterns = all.slice(at, at + 500).map((path) => path.replace(/[\\*?[\]]/g, '\\$&'))
        for (const line of lines('dpkg-query', [admin, '-S', ...patterns])) {
          if (line.startsWith('diversion by')) continue
          const [names, path] = line.split(/: (\/.*)/s)
          owners.set(
            path!,
            names!.split(', ').map((name) => name.replace(/:.*/, '')),
          )
        }
      }
      const { ownerOf, isOwner, keyOf } = treeOwners(open, ownersIn(open).model)
      let compared = 0
      for (const [path, told] of owners) {
        const at = resolvePath(open, realPath(root, path))
        if ('missing' in at) throw new Error(`${path} is not in the image`)
        const first = ownerOf[at.entry.index]!
        const key = isOwner[first] === 1 ? packageOf(keyOf(open.image.tree.entry(first))).name : 'no package'
        expect([path, told]).toEqual([path, [key]])
        compared += 1
      }
      expect(compared).toBe(all.length)
      expect(compared).toBeGreaterThan(3000)
    })

    it('have the files that differ for dpkg --verify, and no others', async () => {
      const changed = join(folder, 'changed')
      mustRun('cp', ['-a', root, changed])
      const at = (path: string): string => join(changed, path)
      for (const path of ['usr/bin/gzip', 'etc/bash.bashrc']) appendFileSync(at(path), '#')
      for (const path of ['usr/share/doc/bash/copyright', 'usr/bin/tail', 'usr/bin/cut']) rmSync(at(path))
      symlinkSync('head', at('usr/bin/tail'))
      const packed = join(folder, 'changed.squashfs')
      mustRun('mksquashfs', [changed, packed, '-comp', 'zstd', '-Xcompression-level', '1', '-no-progress', '-quiet'])
      // Configuration files are a user's to change: a "c" stands before them.
      const told = lines('dpkg', ['--verify', `--root=${changed}`])
        .filter((line) => !/ c \//.test(line))
        .map((line) => line.slice(line.indexOf('/')))
      const image = openImage(packed)
      const { packages, verdict } = verify(await takeIntegrity(image, { file: packed }))
      image.close()
      expect(verdict).toBe('fail')
      expect(packages.flatMap(({ flaws }) => flaws.map(({ path }) => path)).sort()).toEqual(told.sort())
      expect(told).toHaveLength(4)
      const declared = packages.reduce((sum, one) => sum + one.declared, 0)
      expect(declared).toBe(lines('sh', ['-c', `cat ${root}/var/lib/dpkg/info/*.md5sums`]).length)
      expect(packages.every(({ failed }) => failed === 0)).toBe(true)
    }, 300_000)

    it('depend on what apt-cache lists', () => {
      const { graph } = inventory.references!
      const lists = join(folder, 'lists')
      mkdirSync(join(lists, 'partial'), { recursive: true })
      const settings = {
        'Dir::State::status': `${root}/var/lib/dpkg/status`,
        'Dir::State::Lists': lists,
        'Dir::Cache': join(folder, 'cache'),
        'Dir::Etc::SourceList': '/dev/null',
        'Dir::Etc::SourceParts': '/dev/null',
      }
      const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])
      const kinds = ['conflicts', 'breaks', 'replaces', 'enhances'].map((kind) => `--no-${kind}`)
      const names = lines('dpkg-query', [admin, '-W', '-f', fields('Package')])
      const installed = new Set(names)
      const told = new Set<string>()
      let from = ''
      for (const line of lines('apt-cache', [...options, 'depends', ...kinds, ...names])) {
        const [, name] = /^(?: [ |](?:Pre)?(?:Depends|Recommends|Suggests): | {4})?<?([^>]*)>?$/.exec(line)!
        if (!line.startsWith(' ')) from = name!
        else if (installed.has(name!) && name !== from) told.add(`${from} -> ${name}`)
      }
      const found = graph.keys.flatMap((key, node) =>
        key.endsWith(':*')
          ? []
          : Array.from(
              neighbours(graph.references, node),
              (to) => `${packageOf(key).name} -> ${packageOf(graph.keys[to]!).name}`,
            ),
      )
      expect(found.length).toBeGreaterThan(150)
      expect(found.sort()).toEqual([...told].sort())
    })

    it('have sizes that add up with what no package owns, which is little and has names', () => {
      const { accounts, unowned, owners } = report(inventory)
      const { size } = open.file
      expect(accounts.reduce((sum, { own }) => sum + own, 0)).toBe(size)
      const ofPackages = owners.reduce((sum, { own }) => sum + own, 0)
      const left = unowned.reduce((sum, { own }) => sum + own, 0)
      const structures = accounts
        .filter(({ kind }) => kind !== 'owner' && kind !== 'file')
        .reduce((sum, { own }) => sum + own, 0)
      expect(ofPackages + left + structures).toBe(size)
      const other = unowned.find(({ name }) => name === 'other files')?.own ?? 0
      expect(other).toBeLessThan(size / 1000)
    })

    it('hold the unpacked bytes of their files', () => {
      const { owners } = report(inventory)
      const some = owners.filter(({ pname }) => ['bash', 'dpkg', 'coreutils', 'libc6'].includes(pname))
      expect(some).toHaveLength(4)
      for (const { pname, unpacked } of some) {
        const files = lines('dpkg-query', [admin, '-L', pname]).filter((path) => existsAs(`${root}${path}`))
        const sizes = new Map(
          files.map((path) => {
            const { ino, size } = lstatSync(`${root}${realPath(root, path)}`)
            return [ino, lstatSync(`${root}${realPath(root, path)}`).isFile() ? size : 0]
          }),
        )
        expect([pname, unpacked]).toEqual([pname, [...sizes.values()].reduce((sum, size) => sum + size, 0)])
      }
    })
  },
)

/** Whether a path is a file or link, and no directory or link to one that a list calls a directory. */
function existsAs(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false })
  return (
    found !== undefined &&
    !found.isDirectory() &&
    !/^\/(bin|sbin|lib|lib32|lib64|libx32)$/.test(path.slice(path.lastIndexOf('/')))
  )
}

/** A path of a list without the links on its way, such as /bin. */
function realPath(root: string, path: string): string {
  const [, top, rest] = /^(\/[^/]+)(\/.*)?$/.exec(path)!
  const isMerged = rest !== undefined && lstatSync(root + top).isSymbolicLink()
  return isMerged ? `/usr${path}` : path
}
