import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readable } from '../../parsers/bytes/byte-string.ts'
import { pathBuilder } from '../../parsers/image.ts'
import { report } from '../../src/analyses/report.ts'
import { type OpenImage, openImage } from '../../src/images/open-image.ts'
import { type Inventory, takeInventoryOf } from '../../src/inventory/take-inventory.ts'
import { SHOWN } from '../../src/owners/layer-marks.ts'
import { packageOf } from '../../src/owners/names.ts'
import { ownersIn, treeOwners } from '../../src/owners/owners-in.ts'
import { marksIn, rootOf } from '../../src/owners/root-file-system.ts'
import { describeWith, mustRun, ROOT, runTool } from '../oracle.ts'
import { dpkg, installWithDpkg, type SmallPackage, writeFiles } from './small-systems.ts'

const ALPHA: SmallPackage = {
  name: 'alpha',
  version: '1',
  files: {
    'usr/bin/alpha': 'alpha\n'.repeat(3000),
    'usr/share/alpha/a': 'a\n'.repeat(900),
    'usr/share/alpha/b': 'b\n'.repeat(900),
    'etc/alpha.conf': 'as it was\n',
  },
}
const beta = (version: string): SmallPackage => ({
  name: 'beta',
  version,
  files: {
    [`usr/lib/libbeta.so.${version}`]: `beta ${version}\n`.repeat(5000),
    'usr/lib/libbeta.so': { target: `libbeta.so.${version}` },
    [`usr/share/beta/${version}/data`]: `data ${version}\n`.repeat(700),
    'usr/share/beta/same': 'the same in both\n'.repeat(50),
  },
})
const GAMMA: SmallPackage = { name: 'gamma', version: '1', files: { 'usr/share/gamma/x/y': 'gamma\n'.repeat(4000) } }
const DELTA: SmallPackage = {
  name: 'delta',
  version: '1',
  files: { 'usr/bin/delta': 'delta\n'.repeat(800), 'usr/share/alpha/of-delta': 'delta too\n'.repeat(70) },
  depends: 'alpha, beta',
}
const EPSILON: SmallPackage = { name: 'epsilon', version: '1', files: { 'usr/bin/live-installer': 'e\n'.repeat(900) } }

// Only the super-user makes device nodes, and attributes of overlayfs.
describeWith(
  ['dpkg', 'dpkg-deb', 'dpkg-query', 'mksquashfs', 'xorrisofs', 'getfattr', 'setfattr', ROOT],
  'the packages of layers as dpkg knows them in the merged system',
  () => {
    let work = ''
    let merged = ''
    let open: OpenImage
    let inventory: Inventory

    beforeAll(async () => {
      work = mkdtempSync(join(tmpdir(), 'isoscope-layers-'))
      const [lower, middle, upper] = ['lower', 'middle', 'upper'].map((name) => join(work, name)) as [
        string,
        string,
        string,
      ]
      installWithDpkg(work, lower, [ALPHA, beta('1'), GAMMA])
      mustRun('cp', ['-a', lower, middle])
      dpkg(middle, ['-P', 'gamma'])
      installWithDpkg(work, middle, [beta('2'), DELTA])
      writeFiles(middle, {
        'etc/alpha.conf': 'changed by the administrator\n',
        'var/cache/of-no-package': 'x'.repeat(9000),
      })
      mustRun('cp', ['-a', middle, upper])
      installWithDpkg(work, upper, [EPSILON])
      const disc = join(work, 'disc/casper')
      mkdirSync(disc, { recursive: true })
      merged = join(work, 'merged')
      mkdirSync(merged)
      const layers: readonly (readonly [string, string])[] = [
        ['minimal', lower],
        ['minimal.standard', layerOf(lower, middle, join(work, 'of-middle'), 'usr/share/beta')],
        ['minimal.standard.live', layerOf(middle, upper, join(work, 'of-upper'))],
      ]
      for (const [name, layer] of layers) {
        mustRun('mksquashfs', [layer, join(disc, `${name}.squashfs`), '-quiet', '-no-progress'])
        copyOver(layer, merged)
      }
      mustRun('xorrisofs', ['-quiet', '-R', '-o', join(work, 'live.iso'), join(work, 'disc')])
      // What we compare with is the system that was installed.
      expect(mustRun('diff', ['-r', '--no-dereference', upper, merged]).toString()).toBe('')
      open = openImage(join(work, 'live.iso'))
      inventory = await takeInventoryOf(open)
    }, 120_000)
    afterAll(() => {
      open?.close()
      rmSync(work, { recursive: true, force: true })
    })

    it('are installed in the same versions', () => {
      const told = linesOf('dpkg-query', [
        `--admindir=${merged}/var/lib/dpkg`,
        '-W',
        '-f',
        `${field('Package')} ${field('Version')}\n`,
      ])
      const keys = inventory.references!.graph.keys.filter((key) => !key.endsWith(':*'))
      expect(keys.map(packageOf).map(({ name, version }) => `${name} ${version}`)).toEqual(told)
      expect(told).toEqual(['alpha 1', 'beta 2', 'delta 1', 'epsilon 1'])
    })

    it('own what dpkg -S says of each file that shows, and no other file shows', () => {
      const { model, images } = ownersIn(open)
      const found: Record<string, string> = {}
      for (const image of images.filter((one) => rootOf(one).layers.length > 1)) {
        const { ownerOf, isOwner, keyOf } = treeOwners(image, model)
        const { tree } = image.image
        const pathOf = pathBuilder(tree)
        for (let index = 1; index < tree.count; index += 1) {
          if (tree.typeOf(index) === 'directory' || marksIn(image)![index] !== SHOWN) continue
          const first = ownerOf[index]!
          found[readable(pathOf(index))] =
            isOwner[first] === 1 ? packageOf(keyOf(tree.entry(first))).name : 'no package'
        }
      }
      const told: Record<string, string> = {}
      for (const path of filesBelow(merged)) {
        const { code, stdout } = runTool('dpkg-query', [`--admindir=${merged}/var/lib/dpkg`, '-S', path])
        told[path] = code === 0 ? stdout.toString().split(':')[0]! : 'no package'
      }
      expect(found).toEqual(told)
      expect(new Set(Object.values(told))).toEqual(new Set(['alpha', 'beta', 'delta', 'epsilon', 'no package']))
    })

    it('hold the unpacked bytes of their files, wherever these lie', () => {
      for (const { pname, unpacked, ownByRegion } of report(inventory).owners) {
        const files = linesOf('dpkg-query', [`--admindir=${merged}/var/lib/dpkg`, '-L', pname])
        const sizes = files.map((path) => lstatSync(join(merged, path))).map((at) => (at.isFile() ? at.size : 0))
        expect([pname, unpacked]).toEqual([pname, sizes.reduce((sum, size) => sum + size, 0)])
        const layers = Object.keys(ownByRegion).length
        expect([pname, layers]).toEqual([pname, pname === 'alpha' ? 2 : 1])
      }
    })

    it('add up to the disc with what upper layers hide', () => {
      const { accounts, unowned, hiddenByLayers } = report(inventory)
      expect(accounts.reduce((sum, { own }) => sum + own, 0)).toBe(open.file.size)
      const hidden = accounts.filter(({ inLayers }) => inLayers === 'shadowed')
      expect(hidden.filter(({ files }) => files > 0).map(({ name }) => name.replace(/^.*\.squashfs\//, ''))).toEqual(
        expect.arrayContaining([
          'etc/alpha.conf',
          'usr/lib/libbeta.so.1',
          'usr/share/beta/1/data',
          'usr/share/beta/same',
          'usr/share/gamma/x/y',
          'var/lib/dpkg/info/gamma.list',
          'var/lib/dpkg/status',
        ]),
      )
      expect(hidden.reduce((sum, { own }) => sum + own, 0)).toBe(hiddenByLayers!.shadowed.own)
      expect(unowned.find(({ name }) => name === 'whiteouts')!.own).toBe(hiddenByLayers!.whiteout.own)
      expect(accounts.some(({ name, inLayers }) => inLayers === 'whiteout' && name.endsWith('/usr/share/gamma'))).toBe(
        true,
      )
    })

    it('are told to be unsure where overlayfs would look elsewhere', async () => {
      const disc = join(work, 'moved/live')
      const layer = join(work, 'of-moved')
      mkdirSync(join(layer, 'usr/share/renamed'), { recursive: true })
      mkdirSync(disc, { recursive: true })
      mustRun('setfattr', [
        '-n',
        'trusted.overlay.redirect',
        '-v',
        '/usr/share/alpha',
        join(layer, 'usr/share/renamed'),
      ])
      mustRun('mksquashfs', [merged, join(disc, '1.squashfs'), '-quiet', '-no-progress'])
      mustRun('mksquashfs', [layer, join(disc, '2.squashfs'), '-quiet', '-no-progress'])
      mustRun('xorrisofs', ['-quiet', '-R', '-o', join(work, 'moved.iso'), join(work, 'moved')])
      const moved = openImage(join(work, 'moved.iso'))
      const { warnings } = report(await takeInventoryOf(moved))
      moved.close()
      expect(warnings.map(({ message }) => message)).toEqual([
        expect.stringMatching(
          /2\.squashfs.*entry "\/usr\/share\/renamed" .*: has trusted\.overlay\.redirect, which is not followed; .*$/,
        ),
      ])
    })
  },
)

/** A field in a format of dpkg-query. */
function field(name: string): string {
  return `$\{${name}}`
}

function linesOf(tool: string, args: readonly string[]): readonly string[] {
  return mustRun(tool, args)
    .toString()
    .split('\n')
    .filter((line) => line !== '')
}

/** The paths of all below a folder but directories, with a slash at the beginning. */
function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length))
}

/**
 * Makes what overlayfs leaves in an upper layer if a system becomes another one: changed and new files, whiteouts for the
 * names that are gone, and directories that hide those below them.
 */
function layerOf(before: string, after: string, layer: string, ...opaque: readonly string[]): string {
  const visit = (path: string): void => {
    const there = new Set(readdirSync(join(after, path)))
    for (const name of readdirSync(join(before, path))) {
      if (there.has(name)) continue
      mkdirSync(join(layer, path), { recursive: true })
      if (!name.endsWith('.list')) mustRun('mknod', [join(layer, path, name), 'c', '0', '0'])
      else {
        // The other way to remove an entry, which a directory announces.
        writeFiles(layer, { [join(path, name)]: '' })
        mustRun('setfattr', ['-n', 'trusted.overlay.whiteout', '-v', 'y', join(layer, path, name)])
        mustRun('setfattr', ['-n', 'trusted.overlay.opaque', '-v', 'x', join(layer, path)])
      }
    }
    for (const name of there) {
      const at = join(path, name)
      const [old, now] = [before, after].map((root) => lstatSync(join(root, at), { throwIfNoEntry: false }))
      const isBoth = old?.isDirectory() === true && now!.isDirectory()
      if (opaque.includes(at) || !(isBoth || isSame(join(before, at), join(after, at)))) {
        mkdirSync(dirname(join(layer, at)), { recursive: true })
        mustRun('cp', ['-a', join(after, at), join(layer, at)])
        if (opaque.includes(at)) mustRun('setfattr', ['-n', 'trusted.overlay.opaque', '-v', 'y', join(layer, at)])
      } else if (isBoth) visit(at)
    }
  }
  visit('')
  return layer
}

function isSame(before: string, after: string): boolean {
  const [old, now] = [before, after].map((path) => lstatSync(path, { throwIfNoEntry: false }))
  if (old?.isFile() === true && now!.isFile()) return readFileSync(before).equals(readFileSync(after))
  return old?.isSymbolicLink() === true && now!.isSymbolicLink() && readlinkSync(before) === readlinkSync(after)
}

/** Copies an upper layer over what is below it, as its whiteouts say. */
function copyOver(layer: string, merged: string): void {
  mustRun('sh', [
    '-c',
    `cd "$0" &&
      find . -type c | while read -r path; do rm -rf "$1/$path"; done &&
      find . -type d -exec sh -c 'getfattr --only-values -n trusted.overlay.opaque "$0" | grep -qx y' {} \\; -print \
        2>/dev/null | while read -r path; do rm -rf "$1/$path"; done &&
      find . ! -type c ! -type d | while read -r path; do rm -rf "$1/$path"; done &&
      cp -a . "$1" && find "$1" -type c -delete &&
      find "$1" -type f -empty -exec getfattr -n trusted.overlay.whiteout {} \\; -delete > /dev/null 2>&1`,
    layer,
    merged,
  ])
}
