import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Content, squashfsOf } from '../parsers/squashfs/writer.ts'
import { IMAGES, isoscope, type Said } from './run.ts'

const DIGITS = '0123456789abcdfghijklmnpqrsvwxyz'
const pathOf = (index: number, name: string): string => `${DIGITS[index]!.repeat(32)}-${name}`
const [EMPTY, SCRIPT, LINK] = [pathOf(1, 'empty'), pathOf(2, 'script'), pathOf(3, 'link')]
/** NAR hashes from `nix-hash --type sha256 --base32` (Nix 2.8.0). */
const SCRIPT_HASH = 'sha256:0m35wabrvlzjvv71f2xvca3vd91gh9mwvh4mm38h7yb0h9kc30v2'
const LINK_HASH = 'sha256:1gyywm7y27mkzh8jyhanzqd0rmc9yicj82k00xp5qkksx86z44fn'
/** Of a directory with bin/a, a text with SCRIPT in it, and a link b into the directory. */
const PLACES_HASH = 'sha256:1a3rg6kzy2fx0kdd91d12i3lzprlkmgh1331jj56pxkjc0q4vg04'
const CONTENTS: Readonly<Record<string, Content>> = { [SCRIPT]: '#!/bin/sh\n', [LINK]: { target: '../x' } }

/** What is registered of a path; the sizes of the NARs are those of `nix-store --dump`. */
const record = (path: string, hash: string, references: readonly string[] = [], size = path === LINK ? 120 : 160) =>
  [path, ...references]
    .map((base) => `/nix/store/${base}`)
    .toSpliced(1, 0, hash, String(size), '', String(references.length))
    .join('\n')

interface VerifyJson {
  readonly schema: string
  readonly verdict: string
  readonly registration: boolean
  readonly storePathCounts: { readonly total: number; readonly passed: number }
  readonly storePaths: readonly {
    readonly path: string
    readonly status: string
    readonly narHash: string | null
    readonly registeredNarHash: string | null
    readonly missingReferences: readonly string[]
    readonly unregisteredReferences: readonly string[]
  }[]
  readonly otherFiles: { readonly total: number; readonly unreadable: number }
  readonly checksums: readonly { readonly structure: string; readonly status: string }[]
}

describe('verify', () => {
  let work = ''
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-verify-'))
  })
  afterAll(() => rmSync(work, { recursive: true, force: true }))

  const written = (name: string, bytes: Uint8Array): string => {
    const path = join(work, name)
    writeFileSync(path, bytes)
    return path
  }
  /** mini.iso with other bytes. */
  const changed = (name: string, change: (bytes: Buffer) => Buffer | undefined): string => {
    const bytes = readFileSync(join(IMAGES, 'mini.iso'))
    return written(name, change(bytes) ?? bytes)
  }
  const storeWith = (registration: string, contents = CONTENTS): string =>
    written('store.squashfs', squashfsOf({ ...contents, 'nix-path-registration': registration }))
  const said = ({ code, stdout, stderr }: Said) => ({ code, stdout: stdout.toString(), stderr })
  const jsonOf = (...args: readonly string[]): VerifyJson =>
    JSON.parse(isoscope(['verify', ...args, '--json']).stdout.toString()) as VerifyJson

  it('finds every store path of the fixtures as Nix registered it', () => {
    for (const [name, count] of [
      ['mini.iso', 47],
      ['mini-slim.iso', 33],
    ] as const) {
      const { schema, verdict, storePathCounts, storePaths, otherFiles: files, checksums } = jsonOf(name)
      expect({ schema, verdict }).toEqual({ schema: 'isoscope/verify@2', verdict: 'pass' })
      expect([storePathCounts.total, storePathCounts.passed]).toEqual([count, count])
      for (const { narHash, registeredNarHash } of storePaths) expect(narHash).toBe(registeredNarHash)
      expect(files).toMatchObject({ total: 23, unreadable: 0 })
      const both = (what: string): string[] => [`${what} header`, `${what} partition array`]
      const names = [...both('GPT'), ...both('backup GPT'), 'boot catalog', 'zstd stream']
      expect(checksums.map(({ structure, status }) => `${structure} ${status}`)).toEqual(
        names.map((structure) => `${structure} pass`),
      )
    }
  })

  it('computes the hashes that nix-hash does', () => {
    const registration = `${record(SCRIPT, SCRIPT_HASH)}\n${record(LINK, LINK_HASH)}\n`
    const image = storeWith(registration)
    expect(said(isoscope(['verify', image]))).toEqual({
      code: 0,
      stdout: `  PASS  2 of 2 store paths  NAR hashes and references as registered
  PASS  1 of 1 other files  readable, ${registration.length} B
PASS  2 of 2 store paths
`,
      stderr: '',
    })
  })

  it('names the path that has another content, a reference that is not there, and a path that is missing', () => {
    const records = [record(SCRIPT, LINK_HASH), record(LINK, LINK_HASH, [SCRIPT]), record(EMPTY, LINK_HASH)]
    const registration = `${records.join('\n')}\n`
    const image = storeWith(registration)
    const { code, stdout, stderr } = said(isoscope(['verify', image]))
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(stdout).toBe(`  FAIL  empty               it is registered, and not in the image
  FAIL  script              NAR hash sha256-YoPBZoJg+QPRqJXAzWuCL6S2h2K7CxfO3vLTnZfiZVQ= and not sha256-1hHyDep6TlxuB2AKJFn0idUMGv5WQS8R/LMe4U/l3r8= as registered
  FAIL  link                registered reference not found: script
  FAIL  3 of 3 store paths  not as registered
  FAIL  1 of 1 references   not found in the content
  PASS  1 of 1 other files  readable, ${registration.length} B
FAIL  3 of 3 store paths; 1 of 1 other files passed
`)
    const { storePaths } = jsonOf(image)
    expect(storePaths.map(({ status }) => status)).toEqual(['fail', 'fail', 'fail'])
    expect(storePaths[2]).toMatchObject({ missingReferences: [`/nix/store/${SCRIPT}`] })
  })

  it('names each mention that is not registered, with its place', () => {
    const contents = {
      [SCRIPT]: CONTENTS[SCRIPT]!,
      [`${LINK}/bin/a`]: `see ${SCRIPT}`,
      [`${LINK}/b`]: { target: `/nix/store/${LINK}/bin` },
    }
    const image = storeWith(
      `${record(SCRIPT, SCRIPT_HASH)}\n${record(LINK, PLACES_HASH, [LINK, SCRIPT], 768)}\n`,
      contents,
    )
    const whole = said(isoscope(['verify', image]))
    expect(whole).toMatchObject({ code: 0, stderr: '' })
    expect(whole.stdout).toMatch(/2 of 2 store paths {2}NAR hashes and references as registered\n/)
    expect(whole.stdout).toMatch(/\nPASS {2}2 of 2 store paths\n$/)
    storeWith(`${record(SCRIPT, SCRIPT_HASH)}\n${record(LINK, PLACES_HASH, [LINK], 768)}\n`, contents)
    const lacking = said(isoscope(['verify', image]))
    expect(lacking).toMatchObject({ code: 0, stderr: '' })
    expect(lacking.stdout).not.toMatch(/references as registered/)
    expect(lacking.stdout).toMatch(
      /\n {2}NOTE {2}1 mention is not registered\n {10}link -> script: bin\/a\n {10}A build/,
    )
    expect(lacking.stdout).toMatch(
      /\nPASS {2}2 of 2 store paths: NAR hashes as registered; 1 mention is not registered: link -> script\n$/,
    )
    expect(jsonOf(image).storePaths[1]).toMatchObject({
      unregisteredMentions: [{ path: `/nix/store/${SCRIPT}`, file: 'bin/a', kind: 'content', offset: 4 }],
    })
  })

  it('names both sizes where another one is registered', () => {
    const image = storeWith(`${record(SCRIPT, SCRIPT_HASH, [], 1168)}\n${record(LINK, LINK_HASH)}\n`)
    const { code, stdout, stderr } = said(isoscope(['verify', image]))
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(stdout).toMatch(/^ {2}FAIL {2}script +NAR size 160 bytes and not 1,168 as registered\n {2}FAIL {2}/)
    expect(jsonOf(image).storePaths[0]).toMatchObject({ status: 'fail', narSize: 160, registeredNarSize: 1168 })
    // Zeros say nothing.
    const unknown = storeWith(`${record(SCRIPT, SCRIPT_HASH, [], 0)}\n${record(LINK, LINK_HASH)}\n`)
    expect(isoscope(['verify', unknown]).code).toBe(0)
  })

  it('ends with 2 for a path that is not registered, or without a hash', () => {
    const unregistered = isoscope(['verify', storeWith(`${record(SCRIPT, SCRIPT_HASH)}\n`)])
    expect(said(unregistered)).toMatchObject({ code: 2, stderr: '' })
    expect(unregistered.stdout.toString()).toMatch(/^ {2}ERROR {2}link +no hash is registered for it\n/)
    expect(unregistered.stdout.toString()).toMatch(/\n {2}ERROR {2}1 of 2 store paths {2}without a registered hash\n/)
    expect(unregistered.stdout.toString()).toMatch(/\nNOT VERIFIED {2}1 of 2 store paths; 1 of 1 other files passed\n$/)
    const zeros = '0'.repeat(64)
    const withoutHashes = storeWith(`${record(SCRIPT, zeros)}\n${record(LINK, zeros)}\n`)
    expect(isoscope(['verify', withoutHashes]).code).toBe(2)
  })

  it('says that it has no registration, or none that can be read, and reads the rest', () => {
    const image = written('bare.squashfs', squashfsOf(CONTENTS))
    const sentence = `isoscope: ${image}: there is no nix-path-registration in it to compare store paths with; contents and checksums were read\n`
    expect(said(isoscope(['verify', image]))).toMatchObject({ code: 2, stderr: sentence })
    expect(jsonOf(image)).toMatchObject({ verdict: 'unknown', registration: false })
    const broken = said(isoscope(['verify', storeWith('/nix/store/nothing\n')]))
    expect(broken).toMatchObject({ code: 2, stderr: expect.stringMatching(/^isoscope: .* is not a store path; .*\n$/) })
    expect(said(isoscope(['verify', 'plain.iso']))).toEqual({
      code: 2,
      stdout: '  PASS  10 of 10 files  readable, 9.5 KiB\nNOT VERIFIED  no registration; 10 of 10 files passed\n',
      stderr:
        'isoscope: plain.iso: there is no store path and no package database in it; contents and checksums were read\n',
    })
  })

  it('says that a saved report has no contents', () => {
    const saved = join(work, 'report.json')
    expect(isoscope(['plain.iso', '-o', saved]).code).toBe(0)
    expect(said(isoscope(['verify', saved]))).toEqual({
      code: 2,
      stdout: '',
      stderr: `isoscope: ${saved}: is a saved report; the image itself is needed for this\n`,
    })
  })

  it('verifies an image inside, and all it lists when it is asked to', () => {
    const { code, stdout } = said(isoscope(['verify', 'mini.iso', '--in', '/nix-store.squashfs', '-v', '--full-paths']))
    expect(code).toBe(0)
    const lines = stdout.split('\n')
    expect(lines.filter((line) => /^ {2}PASS {2}\/nix\/store\/[0-9a-z]{32}-/.test(line))).toHaveLength(47)
    expect(stdout).toMatch(/\n {2}NOTE {2}1 mention is not registered\n {10}\/nix\/store\/\w+-nix-manual-2\.31\.2 -> /)
    expect(stdout).toMatch(/ -> \/nix\/store\/\w+-bash-5\.3p9: share\/doc\/nix\/manual\/example\.html\n/)
    expect(stdout).toMatch(
      /\nPASS {2}47 of 47 store paths: NAR hashes as registered; 1 mention is not registered: .*\n$/,
    )
  })

  it('lists the rows that are asked for', () => {
    const { stdout } = said(isoscope(['verify', 'mini.iso', '-v', '-s', 'narSize', '-n', '2']))
    expect(stdout).toMatch(
      /^ {2}PASS {2}\S+\n {2}PASS {2}\S+\n {2}NOTE {2}\[51 more rows\] -n 0 shows all\n {2}PASS {2}47 of 47/,
    )
    const rows = said(isoscope(['verify', 'mini.iso', '-s', 'narSize', '-f', 'ndjson']))
      .stdout.trim()
      .split('\n')
    const sizes = rows.map((row) => (JSON.parse(row) as { narSize: number | null }).narSize ?? 0)
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a))
    expect(said(isoscope(['verify', 'mini.iso', '-s', 'size'])).stderr).toBe(
      "isoscope: -s: 'size' is none of status, name, narSize\n",
    )
  })

  it('calls what a damaged block keeps from being read an error, and tells the block once for each store path', () => {
    const image = changed('block.iso', (bytes) => {
      bytes.fill('X', 600_000, 600_033)
      return undefined
    })
    const { code, stdout } = said(isoscope(['verify', image]))
    expect(code).toBe(2)
    expect(stdout).not.toMatch(/^ *FAIL/m)
    expect(stdout).toMatch(/^ {2}ERROR {2}22 of 47 store paths +not readable$/m)
    expect(stdout).toMatch(/^NOT VERIFIED {2}22 of 47 store paths; /m)
    const curl = stdout.slice(stdout.indexOf('ERROR  kmod-31'), stdout.indexOf('ERROR  22 of'))
    expect(curl).toMatch(/^ERROR {2}kmod-31 +bin\/kmod, lib\/libkmod\.so\.2, share\/LICENSE: /)
    expect(curl.match(/data block at 0x56476/g)).toHaveLength(1)
    // For programs it is what it was: not as it should be.
    expect(isoscope(['verify', image, '-f', 'csv']).stdout.toString()).toMatch(/^fail,storePath,.*kmod-31,/m)
  })

  it('finds a changed partition table', () => {
    // A byte of a partition's name, in the first entry.
    const image = changed('gpt.iso', (bytes) => {
      bytes[1024 + 56]! ^= 1
      return undefined
    })
    const { code, stdout, stderr } = said(isoscope(['verify', image]))
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(stdout).toMatch(/^ {2}FAIL {2}GPT partition array, CRC-32 +.*PartitionEntryArrayCRC32: .*is damaged; found/)
    expect(stdout).toMatch(
      /\nFAIL {2}1 of 6 checksums; 47 of 47 store paths, 23 of 23 other files passed; 1 mention is not registered: .*\n$/,
    )
  })

  it('finds a changed boot catalog', () => {
    const image = changed('catalog.iso', (bytes) => {
      const catalog = bytes.readUInt32LE(17 * 2048 + 71) * 2048
      // A letter of the developer's identifier, which no reader minds.
      bytes[catalog + 5]! ^= 1
      return undefined
    })
    const { code, stdout } = said(isoscope(['verify', image]))
    expect(code).toBe(1)
    expect(stdout).toMatch(/^ {2}FAIL {2}boot catalog, sum of 16-bit words {2}/)
  })

  it('checks an MD5 as isomd5sum implants it', () => {
    const start = 16 * 2048 + 883
    const implanted = (bytes: Buffer): Buffer => {
      bytes.fill(' ', start, start + 512)
      const size = bytes.readUInt32BE(16 * 2048 + 84) * 2048 - 15 * 2048
      const sum = createHash('md5').update(bytes.subarray(0, size)).digest('hex')
      bytes.write(`ISO MD5SUM = ${sum};SKIPSECTORS = 15;RHLISOSTATUS=0;`, start, 'latin1')
      return bytes
    }
    const image = changed('md5.iso', implanted)
    const right = said(isoscope(['verify', image, '-v']))
    expect(right.code).toBe(0)
    expect(right.stdout).toMatch(/\n {2}PASS {2}image, MD5 of isomd5sum\n/)
    // A byte of the padding behind all files, and one of the sectors that do not count.
    const [padding, last] = [1_500_000, readFileSync(image).length - 15 * 2048]
    const other = changed('other.iso', (bytes) => {
      implanted(bytes)[padding]! ^= 1
      return undefined
    })
    const { code, stdout } = said(isoscope(['verify', other]))
    expect(code).toBe(1)
    expect(stdout).toMatch(
      /^ {2}FAIL {2}image, MD5 of isomd5sum +.* at 0x8373: .*; found [0-9a-f]{32}, expected [0-9a-f]{32}\n/,
    )
    expect(stdout).toMatch(/PASS {2}47 of 47 store paths/)
    const same = changed('same.iso', (bytes) => {
      implanted(bytes)[last + 5]! ^= 1
      return undefined
    })
    // There lies the backup of the partition table, and nothing else.
    const { checksums } = jsonOf(same)
    expect(checksums.filter(({ status }) => status === 'fail').map(({ structure }) => structure)).toEqual([
      'backup GPT partition array',
    ])
  })

  it('says what a truncated image lacks', () => {
    const image = changed('cut.iso', (bytes) => bytes.subarray(0, bytes.length / 2))
    const { code, stdout, stderr } = said(isoscope(['verify', image]))
    expect(code).toBe(2)
    expect(stderr).toMatch(/^isoscope: .*cut\.iso is cut short: 1\.0 MiB of 2\.0 MiB; .*\n/)
    expect(stdout).toMatch(/^ {2}ERROR {2}\/version\.txt +.*cut short/)
    expect(stdout).toMatch(
      /\nNOT VERIFIED {2}2 of 2 store paths, 1 of 20 other files, no registration, not read in full; 4 of 4 .*\n$/,
    )
  })

  it('takes a number of threads', () => {
    const image = storeWith(`${record(SCRIPT, SCRIPT_HASH)}\n${record(LINK, LINK_HASH)}\n`)
    expect(isoscope(['verify', image, '-j', '1']).code).toBe(0)
    expect(said(isoscope(['verify', 'mini.iso', '-j', '0']))).toEqual({
      code: 2,
      stdout: '',
      stderr: 'isoscope: -j: takes a whole number of threads, 1 or more\n',
    })
  })
})
