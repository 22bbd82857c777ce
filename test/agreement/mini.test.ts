import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { pathOf } from '../../parsers/image.ts'
import { type OpenImage, openImage } from '../../src/images/open-image.ts'
import { describeWith, mustRun, ROOT, runTool } from '../oracle.ts'
import { expectSameContent, factsOfFolder, factsOfImage } from './unpacked.ts'

const IMAGES = fileURLToPath(new URL('../../fixtures/images/', import.meta.url))

describeWith(['unsquashfs', 'xorriso', ROOT], 'the NixOS-shaped fixtures', () => {
  let work = ''
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-mini-'))
  })
  afterAll(() => {
    rmSync(work, { recursive: true, force: true })
  })

  it.each(['mini.iso', 'mini-slim.iso'])('%s: the store is what xorriso and unsquashfs unpack', (name) => {
    const squashfs = join(work, `${name}.squashfs`)
    const folder = join(work, name)
    // xorriso ends with 32 when an image has a timestamp it cannot set; what counts is that the file is there.
    runTool('xorriso', ['-osirrox', 'on', '-indev', IMAGES + name, '-extract', '/nix-store.squashfs', squashfs])
    mustRun('unsquashfs', ['-no-progress', '-d', folder, squashfs])
    const open = openImage(IMAGES + name)
    const store = nested(open, 'nix-store.squashfs')
    expect(factsOfImage(store)).toEqual(factsOfFolder(folder))
    expect(expectSameContent(store, folder)).toBeGreaterThan(60)
    expect(longListing(store)).toEqual(unsquashfsListing(squashfs))
    open.close()
  })
})

/** Size of every entry, directories included, and time to the minute, by path: as `unsquashfs -lln` lists them. */
function unsquashfsListing(squashfs: string): Map<string, string> {
  const lines = mustRun('unsquashfs', ['-UTC', '-lln', squashfs]).toString('latin1').trimEnd().split('\n')
  const line = /^([-dl])\S+ \d+\/\d+ +(\d+) (\S+ \S+) squashfs-root(.*)$/
  return new Map(
    lines.map((text) => {
      const [, type, size, time, path] = line.exec(text) as unknown as string[]
      return [path!.split(' -> ')[0]!, `${type} ${size} ${time}`]
    }),
  )
}

function longListing({ image }: OpenImage): Map<string, string> {
  const letters: Record<string, string> = { file: '-', directory: 'd', symlink: 'l' }
  return new Map(
    image.tree.entries.map((entry) => {
      const time = new Date(entry.mtime * 1000).toISOString().slice(0, 16).replace('T', ' ')
      const path = entry.index === 0 ? '' : pathOf(image.tree, entry)
      return [path, `${letters[entry.type]} ${entry.size} ${time}`]
    }),
  )
}

function nested(open: OpenImage, name: string): OpenImage {
  const entry = open.image.tree.entries.find((candidate) => candidate.name === name)
  const inner = entry === undefined ? undefined : open.nested(entry)
  if (inner === undefined) throw new Error(`no image ${name}`)
  return inner
}
