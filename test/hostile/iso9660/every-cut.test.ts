import { describe, expect, it } from 'vitest'
import { FormatError } from '../../../parsers/bytes/errors.ts'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { type Iso9660Image, openIso9660 } from '../../../parsers/iso9660/index.ts'
import { ce, directory, entry, nm, px, record, rockRidgeImage, SECTOR } from '../../parsers/iso9660/image-builder.ts'

const open = (bytes: Uint8Array): Iso9660Image => openIso9660(bytesSource(bytes, 'test.iso'))

const FILE = 0o100644

describe('damage', () => {
  it('yields FormatErrors and nothing else wherever an image is cut or a byte is changed', () => {
    const whole = rockRidgeImage(
      [
        record({ name: 'A', block: 40, size: 3000, systemUse: [px(FILE), nm('file'), ce(30, 0, 9)] }),
        record({ name: 'D', block: 31, size: SECTOR, flags: 2, systemUse: [px(0o40755), nm('folder')] }),
        record({
          name: 'L',
          block: 0,
          size: 0,
          systemUse: [px(0o120777), entry('SL', [Uint8Array.of(0, 0, 1, 0x78)])],
        }),
      ],
      { 30: nm('more'), 31: directory(31, 20, [record({ name: 'B', block: 42, size: 10 })]) },
    )
    let opened = 0
    const attempt = (bytes: Uint8Array): void => {
      try {
        const iso = open(bytes)
        for (const one of iso.tree.entries)
          for (const run of iso.runs(one)) expect(run.length).toBeGreaterThanOrEqual(0)
        opened += 1
      } catch (error) {
        if (!(error instanceof FormatError)) throw error
      }
    }
    for (let end = 0; end < whole.length; end += 61) attempt(whole.slice(0, end))
    for (const start of [16 * SECTOR, 20 * SECTOR, 30 * SECTOR, 31 * SECTOR]) {
      for (let at = start; at < start + 600; at += 1) {
        for (const value of [0, 1, 0x7f, 0xff]) {
          const bytes = whole.slice()
          bytes[at] = value
          attempt(bytes)
        }
      }
    }
    expect(opened).toBeGreaterThan(8000)
  })
})
