import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { noise, prose } from './squashfs-source.ts'

/** A folder with what Rock Ridge has to carry: names, targets and depths that need more than one record has room for. */
export function makeIsoSource(folder: string): void {
  const path = (...names: string[]): string => join(folder, ...names)
  let deep = folder
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l']) {
    deep = join(deep, `${name}-level`)
    mkdirSync(deep, { recursive: true })
    writeFileSync(join(deep, `in-${name}.txt`), prose(100 + deep.length, 1))
  }
  // A second branch below the limit of eight levels, so that two directories are moved.
  mkdirSync(path('a-level', 'b-level', 'c-level', 'd-level', 'e-level', 'f-level', 'g-level', 'other', 'below'), {
    recursive: true,
  })
  mkdirSync(path('boot'))
  mkdirSync(path('empty-folder'))
  mkdirSync(path('many'))
  for (let index = 0; index < 150; index += 1) {
    writeFileSync(path('many', `file number ${index}`), prose(index * 37, index))
  }
  // One character longer every time: the name leaves the record at some length, and its PX entry before or after it.
  mkdirSync(path('long'))
  for (let length = 60; length <= 245; length += 5)
    writeFileSync(path('long', `${length}-${'n'.repeat(length)}`), `${length}`)
  writeFileSync(path('empty'), '')
  writeFileSync(path('one-block'), noise(2048, 2))
  writeFileSync(path('one-more'), noise(2049, 3))
  writeFileSync(path('large'), noise(300_000, 4))
  writeFileSync(path('compressible'), prose(400_000, 5))
  writeFileSync(path('version;1'), 'a name that ends like a version')
  writeFileSync(path('UPPER and lower'), 'case')
  writeFileSync(path('smile-\u263a'), 'beyond ASCII')
  writeFileSync(path('boot', 'bios.img'), noise(2048, 6))
  writeFileSync(path('boot', 'efi.img'), noise(6000, 7))
  linkSync(path('large'), path('boot', 'hard link of large'))
  // Targets whose components fill one SL entry, two, and a continuation area.
  for (const [index, target] of [
    'one-block',
    '/',
    '../..',
    './x/../y/.',
    '/nix/store/abc-name/bin/program',
    `${'p'.repeat(240)}/${'q'.repeat(240)}/x`,
    `/${Array.from({ length: 60 }, (_, part) => `part-${part}`).join('/')}`,
    'r'.repeat(255),
  ].entries()) {
    symlinkSync(target, path(`link-${index}`))
  }
  execFileSync('mkfifo', ['-m', '640', path('fifo')])
  utimesSync(path('empty'), 0, 1)
  utimesSync(path('one-block'), 0, 86_400)
  utimesSync(path('large'), 0, 1_900_000_000)
  utimesSync(path('many'), 0, 315_532_800)
}

/** Adds device nodes, which only root may make; tells whether it could. */
export function addDevices(folder: string): boolean {
  if (process.getuid?.() !== 0) return false
  execFileSync('mknod', [join(folder, 'block device'), 'b', '259', '70000'])
  execFileSync('mknod', [join(folder, 'char device'), 'c', '5', '1'])
  return true
}
