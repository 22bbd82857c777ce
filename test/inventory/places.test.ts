import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { openSource } from '../../src/images/open-image.ts'
import { attribute } from '../../src/inventory/attribution.ts'
import { IMAGES } from '../cli/run.ts'

const GRAIN = 2048

describe('places', () => {
  it('are those of the file, and of the image inside it too', () => {
    const bytes = Uint8Array.from(readFileSync(`${IMAGES}mini.iso`))
    const whole = openSource(bytesSource(bytes, 'mini.iso'))
    const entry = whole.image.tree.entries.find(({ name }) => name === 'nix-store.squashfs')!
    const [run] = whole.image.runs(entry)
    // mksquashfs pads to 4 KiB, with zeros.
    const inner = new DataView(bytes.buffer).getUint32(run!.offset + 40, true)
    expect(inner).toBeGreaterThan(entry.size - GRAIN)
    bytes[run!.offset + entry.size - 1] = 1
    const { accounts } = attribute(openSource(bytesSource(bytes, 'mini.iso')))
    expect(accounts.filter(({ kind }) => kind === 'gap')).toEqual([
      {
        kind: 'gap',
        name: 'bytes after the image',
        region: '/nix-store.squashfs',
        own: entry.size - inner,
        unpacked: 0,
        files: 0,
        places: [{ offset: run!.offset + inner, length: entry.size - inner, innerOffset: inner }],
      },
    ])
  })

  it('begin where the image does, of one at an offset', () => {
    const squashfs = readFileSync(`${IMAGES}gzip.squashfs`)
    const bytes = new Uint8Array(1000 + squashfs.length + 5000)
    bytes.set(squashfs, 1000)
    bytes[1000 + squashfs.length + 4000] = 1
    const { accounts } = attribute(openSource(bytesSource(bytes, 'app'), { offset: 1000 }))
    const gaps = accounts.filter(({ kind }) => kind === 'gap')
    const inner = Math.floor((squashfs.length + 4000) / GRAIN) * GRAIN
    const length = Math.min(GRAIN, squashfs.length + 5000 - inner)
    expect(gaps.map(({ name, places }) => [name, places])).toEqual([
      ['bytes after the image', [{ offset: 1000 + inner, length, innerOffset: inner }]],
      ['bytes before the image', [{ offset: 0, length: 1000 }]],
    ])
  })
})
