import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { memorySpool, type Spool } from '../../parsers/bytes/spool.ts'
import { imageIdentity } from '../../src/images/image-identity.ts'
import { openImage, openSource } from '../../src/images/open-image.ts'
import { attribute } from '../../src/inventory/attribution.ts'
import { IMAGES, isoscope } from './run.ts'

const MINI = readFileSync(join(IMAGES, 'mini.iso'))

describe('an image that is compressed as a whole', () => {
  const work = mkdtempSync(join(tmpdir(), 'isoscope-whole-'))
  afterAll(() => rmSync(work, { recursive: true }))
  const written = (name: string, bytes: Uint8Array): string => {
    writeFileSync(join(work, name), bytes)
    return join(work, name)
  }
  const packed = gzipSync(MINI)
  const file = written('mini.iso.gz', packed)
  const ask = (...args: string[]) => {
    const { code, stdout, stderr } = isoscope(args, { XDG_CACHE_HOME: join(work, 'cache') })
    return { code, stdout: stdout.toString(), stderr }
  }

  it('is said to be one, by the bytes of the compressed file', () => {
    const { code, stdout, stderr } = ask(file)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const lines = stdout.split('\n')
    expect(lines[0]).toContain(`${packed.length.toLocaleString('en-US')} bytes`)
    expect(lines[2]).toBe('compressed with gzip; unpacks to 2.0 MiB')
    // What we found of it stays for the next time, and a saved report says the same.
    expect(ask(file).stdout).toBe(stdout)
    expect(existsSync(join(work, 'cache', 'isoscope'))).toBe(true)
    const saved = written('saved.json', Buffer.from(ask(file, '--json').stdout))
    expect(ask(saved).stdout).toBe(stdout)
  })

  it('is known again without unpacking it', () => {
    const fail = (): never => {
      throw new Error('unpacked')
    }
    const identity = imageIdentity(file, 0, fail)
    expect(imageIdentity(file, 0, fail)).toBe(identity)
    const changed = Buffer.from(packed)
    changed[packed.length - 9]! ^= 1
    expect(imageIdentity(written('mini.iso.gz', changed), 0, fail)).not.toBe(identity)
    written('mini.iso.gz', packed)
  })

  it('answers as the image itself does', () => {
    const plain = join(IMAGES, 'mini.iso')
    /** An answer without sizes, which are those of the compressed bytes. */
    const asked = (image: string, [command, ...rest]: readonly string[]): string =>
      ask(command!, image, ...rest).stdout.replace(/ *[\d.]+ KiB|"(own|retained|closure)":\d+|"image":\{[^}]*\}/g, '')
    const questions = [
      ['refs', 'systemd', '--json'],
      ['refs', 'systemd', '--json', '--references', 'scan', '--no-cache', '-j', '2'],
      ['why-depends', 'boost', '--precise'],
    ]
    for (const question of questions) {
      expect(asked(file, question).length).toBeGreaterThan(100)
      expect(asked(file, question)).toBe(asked(plain, question))
    }
    expect(ask('cat', file, '/version.txt').stdout).toBe('26.11pre-git')
    const { code, stdout } = ask('diff', plain, file, '--content')
    expect(code).toBe(0)
    expect(stdout).toContain('Compared: 47 paths and 12 files outside store paths by content.')
    expect(stdout).not.toMatch(/new|gone|rebuilt/)
  })

  it('lies at no place of its file', () => {
    const open = openSource(bytesSource(packed, 'mini.iso.gz'))
    const { accounts } = attribute(open)
    expect(accounts.reduce((sum, { own }) => sum + own, 0)).toBe(packed.length)
    expect(accounts.filter(({ places }) => places !== undefined)).toEqual([])
    expect(ask('ls', '-f', 'ndjson', '--extents', file, '/version.txt').stdout).not.toContain('extents')
  })

  it('may lie behind other bytes', () => {
    const bytes = Buffer.concat([Buffer.alloc(4096, 1), packed])
    const open = openSource(bytesSource(bytes, 'behind'), { offset: 4096 })
    const { accounts } = attribute(open)
    expect(accounts.reduce((sum, { own }) => sum + own, 0)).toBe(bytes.length)
    expect(accounts.filter(({ places }) => places !== undefined)).toMatchObject([
      { name: 'bytes before the image', own: 4096 },
    ])
  })

  it.each([
    ['cut short', packed.subarray(0, 700_000), /gz: .*\n.*\(unpacked\) is cut short: .* of 2\.0 MiB/],
    ['damaged at its end', Buffer.concat([packed.subarray(0, -8), Buffer.alloc(8)]), /gz: .*CRC32/],
  ])('is shown as far as it goes: one that is %s', (name, bytes, problem) => {
    const path = written(`${name.replaceAll(' ', '-')}.gz`, bytes)
    const { code, stdout, stderr } = ask(path)
    expect(code).toBe(2)
    expect(stderr).toMatch(problem)
    expect(stdout).toContain('compressed with gzip')
    const listed = ask('ls', path)
    expect(listed).toMatchObject({ code: 2, stdout: ask('ls', join(IMAGES, 'mini.iso')).stdout })
    const report = JSON.parse(ask(path, '--json').stdout)
    expect(report.image.complete).toBe(false)
    expect(report.accounts.reduce((sum: number, { own }: { own: number }) => sum + own, 0)).toBe(bytes.length)
  })

  it('gives a file of a damaged stream, and says that it may be wrong', () => {
    const path = written('wrong.gz', Buffer.concat([packed.subarray(0, -8), Buffer.alloc(8)]))
    const { code, stdout, stderr } = ask('cat', path, '/version.txt')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '26.11pre-git' })
    expect(stderr).toContain('CRC32')
  })

  it('is refused beyond the limits', () => {
    const zeros = gzipSync(Buffer.concat([MINI, Buffer.alloc(4 << 20)]))
    const path = written('zeros.iso.gz', zeros)
    const { code, stderr } = ask(path, '--parser-limit', 'unpacked=4000000')
    expect(code).toBe(2)
    expect(stderr).toContain('the limit is unpacked=4000000')
    expect(ask(path).code).toBe(0)
  })

  it.each([
    ['text', Buffer.from('a text\n'.repeat(1000)), 'this is a file compressed with gzip; decompress it first'],
    ['tar', Buffer.concat([Buffer.alloc(257), Buffer.from('ustar'), Buffer.alloc(250)]), 'that holds a tar archive'],
  ])('is named for what it is if it is %s', (name, content, sentence) => {
    const spools = vi.fn(memorySpool)
    const bytes = gzipSync(content)
    expect(() => openSource(bytesSource(bytes, name), { spool: spools })).toThrow()
    expect(spools).not.toHaveBeenCalled()
    expect(ask(written(`${name}.gz`, bytes))).toMatchObject({ code: 2, stderr: expect.stringContaining(sentence) })
  })

  it('frees what it unpacked, after an error too', () => {
    let held = 0
    const spool = (): Spool => {
      const inner = memorySpool()
      held += 1
      return {
        ...inner,
        finish(name, origin) {
          const source = inner.finish(name, origin)
          let isOpen = true
          const close = (): void => {
            if (isOpen) held -= 1
            isOpen = false
          }
          return { ...source, close }
        },
        discard() {
          held -= 1
        },
      }
    }
    const open = openImage(file, { spool })
    expect(held).toBe(1)
    open.close()
    expect(held).toBe(0)
    // Its volume descriptor is whole, and its root directory is not there.
    const front = gzipSync(MINI.subarray(0, 40_000))
    expect(() => openSource(bytesSource(front, 'front'), { spool, limits: { unpacked: 1000 } })).toThrow(
      'unpacked=1000',
    )
    expect(held).toBe(0)
    expect(() => openSource(bytesSource(front, 'front'), { spool, nameTree: 'enhanced' })).toThrow()
    expect(held).toBe(0)
  })

  it('says how far it is', () => {
    const told: [number, number][] = []
    openSource(bytesSource(packed, 'mini.iso.gz'), { progress: (done, total) => told.push([done, total]) }).close()
    expect(told.length).toBeGreaterThan(5)
    expect(told.at(-1)).toEqual([packed.length, packed.length])
    expect(told.slice(0, -1).every(([done, total], at) => done < total && done >= (told[at - 1]?.[0] ?? 0))).toBe(true)
  })

  it('leaves no temporary file', () => {
    const before = new Set(readdirSync(tmpdir()))
    ask(file)
    const uuid = /^isoscope-[0-9a-f]{8}-/
    expect(readdirSync(tmpdir()).filter((name) => uuid.test(name) && !before.has(name))).toEqual([])
  })
})
