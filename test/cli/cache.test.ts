import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { imageIdentity } from '../../src/images/image-identity.ts'
import { openImage } from '../../src/images/open-image.ts'
import { loadSurvey, saveSurvey } from '../../src/inventory/survey-cache.ts'
import { IMAGES, isoscope } from './run.ts'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

describe('what is known from an earlier time', () => {
  let work = ''
  let image = ''
  beforeEach(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-cache-'))
    image = join(work, 'mini.iso')
    copyFileSync(join(IMAGES, 'mini.iso'), image)
  })
  afterEach(() => rmSync(work, { recursive: true }))

  const directory = (): string => join(work, 'isoscope')
  const identity = (): string => imageIdentity(image, 0, () => openImage(image))
  const ask = (...args: string[]) => {
    const { code, stdout, stderr } = isoscope(args, { XDG_CACHE_HOME: work })
    return { code, stdout: stdout.toString(), stderr }
  }
  /** Every question with an answer of its own. */
  const QUESTIONS = (): string[][] => [
    ['why-depends', image, 'boost', '--references', 'scan', '--all', '--precise', '--color=always'],
    ['why-depends', image, 'boost', '--precise'],
    ['tree', image, '--json'],
    ['tree', image, '--json', '--references', 'scan'],
    ['refs', image, 'systemd'],
    ['referrers', image, 'bash', '--json'],
  ]

  it('changes no answer', () => {
    const fresh = QUESTIONS().map((args) => ask(...args, '--no-cache'))
    expect(readdirSync(work)).toEqual(['mini.iso'])
    const first = QUESTIONS().map((args) => ask(...args))
    expect(readdirSync(directory())).toHaveLength(1)
    const second = QUESTIONS().map((args) => ask(...args))
    expect(first).toEqual(fresh)
    expect(second).toEqual(fresh)
    for (const { code } of fresh) expect(code).toBe(0)
  })

  it('stands in for a scan, until the image changes', () => {
    const question = ['referrers', image, 'boost', '--json', '--references', 'scan']
    const honest = ask(...question)
    const parts = loadSurvey(directory(), version, identity())!
    expect(parts.scan!.mentions.length).toBeGreaterThan(100)
    // A scan that found nothing, kept by hand: that it is believed shows that no other was made.
    saveSurvey(directory(), version, identity(), { ...parts, scan: { mentions: [], failures: [] } })
    expect(JSON.parse(ask(...question).stdout)).toMatchObject({ storePaths: [{ referredToBy: [] }] })
    expect(ask(...question, '--no-cache')).toEqual(honest)
    utimesSync(image, 1, 1)
    expect(ask(...question)).toEqual(honest)
  })

  it('is kept when a question fails after the scan', () => {
    for (const args of [
      ['why', image, 'unit-'],
      ['refs', image, 'unit-'],
      ['report', image, '--root', 'unit-'],
      ['check', image, '--forbid', 'x', '--root', 'unit-'],
    ]) {
      rmSync(directory(), { recursive: true, force: true })
      expect(ask(...args, '--references', 'scan')).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/is ambiguous: \d+ store paths match:/),
      })
      expect(loadSurvey(directory(), version, identity())?.scan?.mentions.length).toBeGreaterThan(100)
    }
  })

  it('is kept of one image when the other cannot be read', () => {
    const other = join(work, 'other.iso')
    writeFileSync(other, 'no image')
    for (const args of [
      ['diff', image, other],
      ['check', image, '--base', other, '--max-growth', '1M'],
    ]) {
      rmSync(directory(), { recursive: true, force: true })
      expect(ask(...args, '--references', 'scan')).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/other\.iso: .*it is none of squashfs, /),
      })
      expect(loadSurvey(directory(), version, identity())?.scan?.mentions.length).toBeGreaterThan(100)
    }
  })

  it('is written once, however often two images are compared', () => {
    const other = join(work, 'mini-slim.iso')
    copyFileSync(join(IMAGES, 'mini-slim.iso'), other)
    const kept = () =>
      readdirSync(directory()).map((name) => {
        const path = join(directory(), name)
        const { ino, mtimeNs } = statSync(path, { bigint: true })
        return { name, ino, mtimeNs, content: readFileSync(path, 'latin1') }
      })
    expect(ask('diff', image, other).code).toBe(0)
    const first = kept()
    expect(first).toHaveLength(2)
    for (const options of [[], ['--content']]) {
      expect(ask('diff', image, other, ...options).code).toBe(0)
      expect(kept()).toEqual(first)
    }
  })

  it('is not believed when it is damaged', () => {
    const question = ['tree', image, '--references', 'scan']
    const honest = ask(...question)
    const path = join(directory(), readdirSync(directory())[0]!)
    const bytes = readFileSync(path)
    bytes[bytes.length >> 1]! ^= 1
    writeFileSync(path, bytes)
    expect(ask(...question)).toEqual(honest)
    writeFileSync(path, 'isoscope\n{}')
    expect(ask(...question)).toEqual(honest)
    // What has no end, or none until somebody writes to it.
    for (const command of [`ln -s /dev/zero '${path}'`, `mkfifo '${path}'`, `mkdir '${path}'`]) {
      rmSync(path, { recursive: true })
      execFileSync('/bin/sh', ['-c', command])
      expect(ask(...question)).toEqual(honest)
    }
  })

  it.skipIf(process.platform === 'win32')('is not believed when others can write to it, or wrote it', () => {
    const question = ['referrers', image, 'boost', '--json', '--references', 'scan']
    const honest = ask(...question)
    const parts = loadSurvey(directory(), version, identity())!
    saveSurvey(directory(), version, identity(), { ...parts, scan: { mentions: [], failures: [] } })
    const path = join(directory(), readdirSync(directory())[0]!)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(ask(...question)).not.toEqual(honest)
    for (const mode of [0o620, 0o602]) {
      chmodSync(path, mode)
      expect(loadSurvey(directory(), version, identity())).toBeUndefined()
    }
    chmodSync(path, 0o600)
    expect(loadSurvey(directory(), version, identity())).toBeDefined()
    if (process.getuid?.() !== 0) return
    chownSync(path, 12_345, 12_345)
    expect(loadSurvey(directory(), version, identity())).toBeUndefined()
  })

  it('knows an image that begins at an offset apart', () => {
    const squashfs = join(IMAGES, 'zstd.squashfs')
    const shifted = join(work, 'shifted')
    writeFileSync(shifted, Buffer.concat([Buffer.alloc(4096), readFileSync(squashfs)]))
    const at = (offset: number): string => imageIdentity(shifted, offset, () => openImage(shifted, { offset }))
    expect(at(4096)).toMatch(/^[0-9a-f]{64}$/)
    expect(() => at(0)).toThrow()
  })
})
