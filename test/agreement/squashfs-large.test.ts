import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { openSource } from '../../src/images/open-image.ts'
import { type Attribution, attribute } from '../../src/inventory/attribution.ts'
import { describeWith, mustRun } from '../oracle.ts'

let work = ''
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'isoscope-large-'))
})
afterAll(() => {
  rmSync(work, { recursive: true, force: true })
})

/** Opens and attributes an image that is sound: nothing is told, and nothing is left over but padding. */
function sound(path: string): { open: ReturnType<typeof openSource>; attribution: Attribution } {
  const bytes = readFileSync(path)
  const open = openSource(bytesSource(bytes, 'large.squashfs'))
  const attribution = attribute(open)
  expect(attribution.warnings).toEqual([])
  expect(attribution.complete).toBe(true)
  expect(attribution.accounts.reduce((sum, { own }) => sum + own, 0)).toBe(bytes.length)
  expect(attribution.accounts.filter(({ kind }) => ['gap', 'overlap', 'unreadable'].includes(kind))).toEqual([])
  return { open, attribution }
}

describeWith(['mksquashfs'], 'large images by mksquashfs', () => {
  const make = (folder: string, ...options: string[]): string => {
    const image = join(work, 'image.squashfs')
    rmSync(image, { force: true })
    mustRun('mksquashfs', [folder, image, '-noappend', '-no-progress', '-quiet', '-b', '4096', ...options])
    return image
  }

  it('a directory of 12,000 files: more than 256 entries in its index, more than 512 fragments', () => {
    const folder = join(work, 'many')
    mkdirSync(folder)
    const tail = 'x'.repeat(230)
    for (let index = 0; index < 12_000; index += 1) {
      writeFileSync(join(folder, `${String(index).padStart(5, '0')}-${tail}`), String(index).padEnd(200, '.'))
    }
    const { open } = sound(make(folder))
    expect(open.image.tree.entries).toHaveLength(12_001)
    expect(open.image.facts['fragments']).toBeGreaterThan(512)
    for (const index of [0, 1, 6000, 11_999]) {
      const entry = open.image.tree.entries[index + 1]!
      expect(Buffer.concat([...open.reader.chunks(entry)]).toString()).toBe(String(index).padEnd(200, '.'))
    }
  })

  it('a thousand names of one large file', () => {
    const folder = join(work, 'links')
    mkdirSync(folder)
    const first = join(folder, 'name-000')
    writeFileSync(first, Buffer.alloc(3000 * 4096, 'a line that is there again and again, but not always alike 7\n'))
    for (let index = 1; index < 1000; index += 1)
      linkSync(first, join(folder, `name-${String(index).padStart(3, '0')}`))
    const { attribution } = sound(make(folder))
    const [file, ...others] = attribution.accounts.filter(({ name }) => name.startsWith('/name-'))
    expect(others).toEqual([])
    expect(file).toMatchObject({ name: '/name-000', unpacked: 3000 * 4096, files: 1 })
    expect(file?.otherNames).toHaveLength(999)
  })
})

describeWith(['gensquashfs'], 'large images by gensquashfs', () => {
  it.each([2048, 2049, 3000])('%i users', (users) => {
    const list = Array.from({ length: users - 1 }, (_, index) => `dir /d${index} 0755 ${index + 1} 0`).join('\n')
    const pack = join(work, 'pack')
    writeFileSync(pack, `${list}\n`)
    const image = join(work, 'users.squashfs')
    mustRun('gensquashfs', ['-F', pack, '-q', '-f', '-e', image])
    const { open } = sound(image)
    expect(open.image.facts['ids']).toBe(users)
    expect(new Set(open.image.tree.entries.map(({ uid }) => uid)).size).toBe(users)
  })
})
