import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openImage } from '../../src/images/open-image.ts'
import { type Integrity, takeIntegrity } from '../../src/inventory/integrity.ts'
import { isoscope } from '../cli/run.ts'
import { describeWith, mustRun, ROOT, runTool } from '../oracle.ts'
import { packSquashfs } from './pack-squashfs.ts'
import { Random } from './random.ts'
import { randomStore, writeStore } from './random-store.ts'

const IMAGES = fileURLToPath(new URL('../../fixtures/images/', import.meta.url))
const SEED = process.env['VERIFY_SEED'] ?? String(Date.now())

interface VerifyJson {
  readonly verdict: string
  readonly storePaths: readonly {
    readonly path: string
    readonly status: string
    readonly present: boolean
    readonly missingReferences: readonly string[]
  }[]
}

/** Everything that is not as it should be, of each store path that fails. */
function failing(image: string): { code: number | null; verdict: string; paths: readonly object[] } {
  const { code, stdout } = isoscope(['verify', image, '--json'])
  const { verdict, storePaths } = JSON.parse(stdout.toString()) as VerifyJson
  const paths = storePaths
    .filter(({ status }) => status !== 'pass')
    .map(({ path, status, present, missingReferences }) => ({
      name: path.slice('/nix/store/'.length + 33),
      status,
      present,
      missing: missingReferences.map((missing) => missing.slice('/nix/store/'.length + 33)),
    }))
  return { code, verdict, paths }
}

async function integrityOf(image: string): Promise<Integrity> {
  const open = openImage(image)
  try {
    return await takeIntegrity(open)
  } finally {
    open.close()
  }
}

describeWith(['mksquashfs', 'nix-hash'], `the hashes of random store paths, VERIFY_SEED=${SEED}`, () => {
  const work = mkdtempSync(join(tmpdir(), 'isoscope-verify-'))
  afterAll(() => rmSync(work, { recursive: true, force: true }))
  const folder = join(work, 'store')
  const store = randomStore(new Random(SEED), 131_072)
  writeStore(store, folder)
  const bases = store.paths.map(({ base }) => base)
  const sums = mustRun('nix-hash', ['--type', 'sha256', ...bases.map((base) => join(folder, base))])
  const hashes = new Map(
    sums
      .toString()
      .trim()
      .split('\n')
      .map((hash, index) => [bases[index]!, hash]),
  )

  it.each([
    ['zstd', ['-comp', 'zstd', '-b', '131072']],
    ['gzip, with all tails in fragments', ['-comp', 'gzip', '-b', '131072', '-always-use-fragments']],
    ['lz4, without fragments', ['-comp', 'lz4', '-b', '4096', '-no-fragments']],
    ['nothing compressed', ['-noI', '-noD', '-noF', '-noX']],
  ])('%s: are those that nix-hash computes, and the mentions those that are there', async (name, options) => {
    const image = join(work, `${name.replaceAll(/\W+/g, '-')}.squashfs`)
    packSquashfs(image, [folder], ['-no-progress', '-quiet', '-all-root', ...options])
    const { owners } = await integrityOf(image)
    expect(owners.map(({ key, hash, failed }) => [key, hash, failed])).toEqual(
      [...bases].sort().map((base) => [base, hashes.get(base), 0]),
    )
    const mentions = new Map(store.paths.map(({ base, mentions: some }) => [base, some.map((to) => bases[to]!).sort()]))
    expect(owners.map(({ key, mentions: some }) => [key, some])).toEqual(
      [...bases].sort().map((base) => [base, mentions.get(base)]),
    )
    expect(owners.length).toBeGreaterThan(40)
  })
})

describeWith(
  ['mksquashfs', 'mkfs.erofs', 'unsquashfs', 'xorriso', 'nix-hash', 'nix-store', ROOT],
  'verify of images that are packed anew',
  () => {
    let work = ''
    let tree = ''
    beforeAll(() => {
      work = mkdtempSync(join(tmpdir(), 'isoscope-verify-'))
      const squashfs = join(work, 'nix-store.squashfs')
      // xorriso ends with 32 when an image has a timestamp it cannot set; what counts is that the file is there.
      const extract = [
        '-osirrox',
        'on',
        '-indev',
        join(IMAGES, 'mini.iso'),
        '-extract',
        '/nix-store.squashfs',
        squashfs,
      ]
      runTool('xorriso', extract)
      tree = join(work, 'tree')
      mustRun('unsquashfs', ['-no-progress', '-d', tree, squashfs])
    })
    afterAll(() => rmSync(work, { recursive: true, force: true }))

    const packed = (name: string): string => {
      const image = join(work, `${name}.squashfs`)
      packSquashfs(image, [tree], ['-no-progress', '-quiet', '-all-root', '-comp', 'gzip', '-Xcompression-level', '1'])
      return image
    }
    const pathNamed = (name: string): string => {
      const found = readFileSync(join(tree, 'nix-path-registration'), 'latin1').match(/\/nix\/store\/\S+/g)!
      return found.find((path) => path.endsWith(`-${name}`))!.slice('/nix/store/'.length)
    }
    /** The result with other bytes of a file, which then has its own again. */
    const withChanged = (path: string, change: (bytes: Buffer) => Buffer): ReturnType<typeof failing> => {
      const file = join(tree, path)
      const before = readFileSync(file)
      writeFileSync(file, change(Buffer.from(before)))
      try {
        return failing(packed('changed'))
      } finally {
        writeFileSync(file, before)
      }
    }
    const failed = (name: string, missing: readonly string[] = [], present = true) => ({
      name,
      status: 'fail',
      present,
      missing,
    })

    it('pass as they were, and Nix computes the same', () => {
      const image = packed('same')
      const { code, stdout } = isoscope(['verify', image, '--json'])
      const { verdict, storePaths: paths } = JSON.parse(stdout.toString()) as {
        verdict: string
        storePaths: { path: string; narHash: string; narSize: number }[]
      }
      expect({ code, verdict }).toEqual({ code: 0, verdict: 'pass' })
      const folders = paths.map(({ path }) => join(tree, path.slice('/nix/store/'.length)))
      const sums = mustRun('nix-hash', ['--type', 'sha256', ...folders])
      expect(paths.map(({ narHash }) => narHash)).toEqual(sums.toString().trim().split('\n'))
      expect(paths).toHaveLength(47)
      for (const at of [0, 20, 40]) {
        expect(paths[at]!.narSize).toBe(mustRun('nix-store', ['--dump', folders[at]!]).length)
      }
    })

    it('pass in an EROFS', () => {
      const image = join(work, 'store.erofs')
      mustRun('mkfs.erofs', ['--quiet', '-zlz4', image, tree])
      expect(failing(image)).toEqual({ code: 0, verdict: 'pass', paths: [] })
    })

    it('have one byte of content changed', () => {
      const path = pathNamed('openssl-3.6.0')
      const files = mustRun('find', [join(tree, path), '-type', 'f', '-size', '+1k'])
        .toString()
        .trim()
        .split('\n')
        .sort()
      const file = files[0]!.slice(tree.length + 1)
      const change = (bytes: Buffer): Buffer => {
        bytes[bytes.length >> 1]! ^= 1
        return bytes
      }
      expect(withChanged(file, change)).toEqual({ code: 1, verdict: 'fail', paths: [failed('openssl-3.6.0')] })
    })

    it('have a reference registered that is not there, one left out, and a path that is gone', () => {
      const registration = 'nix-path-registration'
      const [tzdata, bash] = [pathNamed('tzdata-2025b'), pathNamed('bash-5.3p9')]
      const changed = (from: RegExp, to: string): ReturnType<typeof failing> =>
        withChanged(registration, (bytes) => {
          const text = bytes.toString('latin1')
          expect(text).toMatch(from)
          return Buffer.from(text.replace(from, to), 'latin1')
        })
      // A path without references gets one.
      const record = new RegExp(`(/nix/store/${tzdata}\n.*\n.*\n.*\n)0\n`)
      expect(changed(record, `$11\n/nix/store/${bash}\n`)).toEqual({
        code: 1,
        verdict: 'fail',
        paths: [failed('tzdata-2025b', ['bash-5.3p9'])],
      })
      const size = new RegExp(`(/nix/store/${tzdata}\n.*\n)(\\d+)\n`)
      expect(changed(size, '$1$20\n')).toMatchObject({ code: 1, paths: [failed('tzdata-2025b')] })
      // A reference that is left out is a mention that is not registered, which is no fault by Nix's rules.
      const one = new RegExp(`\n1\n/nix/store/${pathNamed('glibc-2.42-47')}\n`)
      expect(changed(one, '\n0\n')).toMatchObject({ code: 0, paths: [] })
      const gone = `${'0'.repeat(32)}-gone`
      const sum = `sha256:${'0'.repeat(51)}1`
      expect(changed(/^/, `/nix/store/${gone}\n${sum}\n120\n\n0\n`)).toEqual({
        code: 1,
        verdict: 'fail',
        paths: [failed('gone', [], false)],
      })
    })

    it('have a file that may be executed, and may not', () => {
      const path = pathNamed('bash-5.3p9')
      const file = join(tree, path, 'bin', 'bash')
      // Nix asks whether its owner may.
      mustRun('chmod', ['u-x', file])
      const result = failing(packed('mode'))
      mustRun('chmod', ['u+x', file])
      expect(result).toEqual({ code: 1, verdict: 'fail', paths: [failed('bash-5.3p9')] })
    })
  },
)

describeWith(['implantisomd5', 'checkisomd5', 'xorriso'], 'an implanted MD5', () => {
  const work = mkdtempSync(join(tmpdir(), 'isoscope-md5-'))
  afterAll(() => rmSync(work, { recursive: true, force: true }))

  /** Whether we and checkisomd5 find the MD5 right. */
  const verdicts = (image: string): { ours: string | undefined; checkisomd5: string } => {
    const { stdout } = isoscope(['verify', image, '--json'])
    const { checksums } = JSON.parse(stdout.toString()) as {
      checksums: { algorithm: string; status: string }[]
    }
    const ours = checksums.find(({ algorithm }) => algorithm === 'MD5 of isomd5sum')?.status
    return { ours, checkisomd5: runTool('checkisomd5', [image]).code === 0 ? 'pass' : 'fail' }
  }

  it.each([
    ['a NixOS image', (image: string) => copyFileSync(join(IMAGES, 'mini.iso'), image)],
    [
      'a plain image',
      (image: string) => {
        const tree = join(work, 'tree')
        mkdirSync(tree)
        writeFileSync(join(tree, 'file'), Buffer.alloc(3_000_001, 'content '))
        mustRun('xorriso', ['-as', 'mkisofs', '-quiet', '-o', image, tree])
      },
    ],
  ])('of %s is right for us where checkisomd5 says so, and wrong where not', (name, make) => {
    const image = join(work, `${name.replaceAll(' ', '-')}.iso`)
    make(image)
    mustRun('implantisomd5', ['--force', image])
    expect(verdicts(image)).toEqual({ ours: 'pass', checkisomd5: 'pass' })
    const bytes = readFileSync(image)
    const size = bytes.readUInt32BE(16 * 2048 + 84) * 2048
    // In the last byte that counts, and in the first that does not; for one image also in a file, and in the text itself.
    const border = size - 15 * 2048
    for (const at of [border - 1, border, ...(name === 'a plain image' ? [700_000, 16 * 2048 + 883 + 300] : [])]) {
      bytes[at]! ^= 0xff
      writeFileSync(image, bytes)
      bytes[at]! ^= 0xff
      const { ours, checkisomd5 } = verdicts(image)
      expect({ at, ours }).toEqual({ at, ours: checkisomd5 })
    }
  })
})
