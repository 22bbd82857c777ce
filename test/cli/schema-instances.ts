import { bytesSource } from '../../parsers/bytes/source.ts'
import { type DiffRow, diff } from '../../src/analyses/diff.ts'
import { diffFiles } from '../../src/analyses/diff-files.ts'
import { withOptions } from '../../src/analyses/diff-options.ts'
import { duplicates } from '../../src/analyses/duplicates.ts'
import { startHistory } from '../../src/analyses/history.ts'
import { report } from '../../src/analyses/report.ts'
import { openSource } from '../../src/images/open-image.ts'
import type { FileFacts } from '../../src/inventory/file-facts.ts'
import type { Metadata } from '../../src/inventory/metadata.ts'
import { type Inventory, takeInventoryOf } from '../../src/inventory/take-inventory.ts'
import { diffJson } from '../../src/present/json/diff.ts'
import { fileDiffJson } from '../../src/present/json/diff-files.ts'
import { duplicatesJson } from '../../src/present/json/duplicates.ts'
import { historyJson } from '../../src/present/json/history.ts'
import { reportJson } from '../../src/present/json/report.ts'
import { basePath, fileOf, metadataOf, type SyntheticImage, syntheticSide } from '../analyses/synthetic-side.ts'
import { SMALL_DEBIAN } from '../owners/dpkg/small-debian.ts'
import { openUbuntu } from '../owners/small-ubuntu.ts'
import { writeElf } from '../parsers/elf/writer.ts'
import { bundleOf, signedMessage } from '../parsers/rauc/writer.ts'
import { concat, squashfsOf } from '../parsers/squashfs/writer.ts'

// JSON of images that no fixture is: with other metadata, with names that are not UTF-8, and with packages that have
// two builds.

const CAPABILITY = { name: 'security.capability', value: '\x01\0\0\x02\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0' }
const PATHS = { old: 'old.iso', new: 'new.iso' }

function entry(path: string, size: number, metadata: Partial<Metadata>, more: Partial<FileFacts> = {}): FileFacts {
  return { ...fileOf(path, size), metadata: metadataOf(metadata), ...more }
}

/** Entries of which each kind of metadata changes, and some that give privileges. */
function entries(isNew: boolean): FileFacts[] {
  const side = <Value>(old: Value, now: Value): Value => (isNew ? now : old)
  const some = [
    entry('/mode', 5, { mode: side(0o755, 0o4755) }),
    entry('/group', 5, { mode: side(0o2755, 0o755) }),
    entry('/owner', 5, { uid: side(0, 1000), gid: side(0, 100) }),
    entry('/time', 5, { mtime: side(1, 2) }),
    entry('/value', 5, { xattrs: [{ name: 'user.\xff', value: side('a', 'b') }] }),
    entry('/attribute', 5, isNew ? { xattrs: [CAPABILITY] } : {}),
    entry('/lost', 5, isNew ? {} : { xattrs: [CAPABILITY] }),
    entry('/device', 0, { device: { major: 1, minor: side(3, 5) } }, { type: 'charDevice' }),
    entry('/a', 5, { link: 1 }),
    entry('/b', 5, isNew ? { link: 1 } : {}),
    entry('/c', 5, { link: 2 }),
    entry('/d\xff', 5, isNew ? {} : { link: 2 }),
    entry(`/${side('old', 'new')}`, 5, { mode: 0o4755 }),
    entry(`/\xfe${side('old', 'new')}`, 5, {}),
    entry('/grows', side(5, 6), {}),
    entry('/leads', 0, {}, { type: 'symlink', target: side('a', 'b') }),
  ]
  return some.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** One side: two builds of a package, a package that comes or goes, and a file and a part whose names are not UTF-8. */
function side(isNew: boolean, more: Partial<SyntheticImage> = {}): Inventory {
  const [top, twin, other] = [basePath(1, 'top'), basePath(2, 'twin-1'), basePath(isNew ? 3 : 4, 'twin-1')]
  const single = basePath(5, isNew ? 'came-1' : 'went-1')
  const own = isNew ? 900 : 500
  return syntheticSide({
    roots: [top],
    paths: [
      { base: top, own: 50, references: [single, twin] },
      { base: twin, own, files: [entry('bin/twin', 4, { mode: isNew ? 0o755 : 0o555 }), fileOf('x', 1)] },
      { base: other, own: own * 2, files: [entry('bin/twin', 9, {})] },
      { base: single, own: 70 },
    ],
    others: [
      { kind: 'file', name: '/\xff', otherNames: ['/\xfe'], region: '/', own },
      { kind: 'part', name: '[\xff]', region: '[\xff]', own: 40 },
    ] as SyntheticImage['others'] & object,
    outside: entries(isNew),
    compressorOptions: isNew ? 'level 19' : 'level 3',
    ...more,
  })
}

function filesJson(): string {
  const key = basePath(1, 'x')
  const sideOf = (isNew: boolean) => ({
    owner: key,
    files: new Map([[key, entries(isNew).map((some) => ({ ...some, path: some.path.slice(1) }))]]),
    outside: [],
  })
  const rows = diffFiles(sideOf(false), sideOf(true), () => false)
  const directories = { old: '/nix/store', new: '/nix/store' }
  return fileDiffJson(rows, { old: key, new: key }, directories, { contents: true, metadata: true })
}

/** The report of a small Debian, in which packages, of whatever manager, have lists of their own. */
async function reportOfPackages(): Promise<string> {
  const open = openSource(bytesSource(squashfsOf({ 'live.squashfs': squashfsOf(SMALL_DEBIAN) }), 'debian.squashfs'))
  const inventory = await takeInventoryOf(open, { files: true, outside: true, inside: true })
  const { files, outside } = inventory
  return [...reportJson(report(inventory), inventory, { owned: files!, outside })].join('')
}

/** The report of an image that registers a store path which is not in it. */
function reportWithAbsent(): string {
  const [top, absent] = [basePath(1, 'top'), basePath(2, 'absent')]
  const inventory = syntheticSide({
    roots: [top],
    paths: [
      { base: top, own: 5, references: [absent] },
      { base: absent, own: 1 },
    ],
  })
  const accounts = inventory.attribution.accounts.filter(({ owner }) => owner !== absent)
  const without = { ...inventory, attribution: { ...inventory.attribution, accounts } }
  return [...reportJson(report(without), without)].join('')
}

/** What a saved report has several times: with references, and without. */
function duplicatesOfSaved(): string[] {
  const inventory = side(true)
  return [inventory, { ...inventory, references: undefined }].map((some) =>
    duplicatesJson(duplicates(some, undefined), some),
  )
}

/** The reports of files that are packages of an application, each with facts of its own. */
async function reportsOfApplications(): Promise<readonly string[]> {
  const desktop = '[Desktop Entry]\nName=App\nIcon=app\nX-AppImage-Version=1\n'
  const appImage = concat(writeElf({ appImageType: 2 }), squashfsOf({ 'app.desktop': desktop }))
  const snap = squashfsOf({ 'meta/snap.yaml': 'name: a\nversion: 1\nbase: b\narchitectures: [amd64]\n' })
  const manifest = '[update]\ncompatible=x\nbuild=1\n[image.a]\nfilename=a.img\nsize=1\n'
  const bundle = bundleOf(squashfsOf({ x: 'x' }), { signature: signedMessage(manifest) })
  const texts = [appImage, snap, bundle].map(async (bytes) => {
    const inventory = await takeInventoryOf(openSource(bytesSource(bytes, 'application')))
    return [...reportJson(report(inventory), inventory)].join('')
  })
  return Promise.all(texts)
}

/** The report of a system in layers, some files of which do not show. */
async function reportOfLayers(): Promise<string> {
  const inventory = await takeInventoryOf(openUbuntu(), { inside: true })
  return [...reportJson(report(inventory), inventory)].join('')
}

/** By the name of a schema: further instances of it. */
export const MADE: Readonly<Record<string, () => readonly string[] | Promise<readonly string[]>>> = {
  report: async () => [
    await reportOfPackages(),
    await reportOfLayers(),
    reportWithAbsent(),
    ...(await reportsOfApplications()),
  ],
  duplicates: duplicatesOfSaved,
  diff: () => {
    const [before, after] = [side(false), side(true)]
    const ending = (isNew: boolean) =>
      syntheticSide({
        paths: [1, 2, 3].map((n) => ({ base: basePath(n, `p${n}${isNew ? '-x86' : ''}`), own: 10 * n })),
      })
    return [
      diffJson(withOptions(diff(before, after, 'path'), after), PATHS),
      diffJson(diff(after, before, 'package'), PATHS),
      diffJson(diff(ending(false), ending(true), 'path'), PATHS),
    ]
  },
  history: () => {
    const [before, after] = [side(false), side(true)]
    const [named, more] = [startHistory(undefined, 0), startHistory('package', 1)]
    for (const taker of [named, more]) {
      taker.add('old.iso', undefined, before, true)
      taker.add('new.iso', before, after, true)
    }
    const order = { by: 'given', places: [] } as const
    const histories = [named, more].map((taker) => taker.history(order))
    const compression = { compressor: 'gzip', compressorOptions: null, blockSize: 4096 }
    const row: DiffRow = {
      ...histories[0]!.images[1]!.step!.changes[0]!,
      ...{ name: '\xff', otherNames: ['a', '\xfe'], hash: '0', content: { name: 'nixpkgs', version: '1' } },
      ...{ contentsDiffer: 1, metadata: { mode: 1 } },
      compression: { oldPath: '\xfd', path: '\xfc', before: compression, after: compression },
    }
    const odd = histories.map((history) => ({
      ...history,
      images: history.images.map((image) => {
        const { step } = image
        return step === undefined ? image : { ...image, step: { ...step, changes: [...step.changes, row] } }
      }),
    }))
    return odd.map((history) => [...historyJson(history)].join(''))
  },
  'diff-files': () => [filesJson()],
}
