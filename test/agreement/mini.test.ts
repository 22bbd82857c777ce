import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OpenImage, openImage } from '../../src/image/open-image.ts'
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
    open.close()
  })
})

function nested(open: OpenImage, name: string): OpenImage {
  const entry = open.image.tree.entries.find((candidate) => candidate.name === name)
  const inner = entry === undefined ? undefined : open.nested(entry)
  if (inner === undefined) throw new Error(`no image ${name}`)
  return inner
}
