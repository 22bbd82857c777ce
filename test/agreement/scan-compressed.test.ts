import { randomBytes } from 'node:crypto'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { isoscope } from '../cli/run.ts'
import { describeWith, mustRun } from '../oracle.ts'
import { packSquashfs } from './pack-squashfs.ts'
import { Random } from './random.ts'

const DIGITS = '0123456789abcdfghijklmnpqrsvwxyz'
const COUNT = 24
/** What makes a compressed file of standard input, and what unpacks it again. */
const TOOLS: Readonly<Record<string, readonly [pack: readonly string[], unpack: readonly string[]]>> = {
  gz: [
    ['gzip', '-9'],
    ['gzip', '-dc'],
  ],
  xz: [
    ['xz', '-1'],
    ['xz', '-dc'],
  ],
  lzma: [
    ['xz', '--format=lzma'],
    ['xz', '--format=lzma', '-dc'],
  ],
  zst: [
    ['zstd', '-q', '-1'],
    ['zstd', '-dcq'],
  ],
  lz4: [
    ['lz4', '-c'],
    ['lz4', '-dc'],
  ],
  bz2: [['bzip2'], ['bzip2', '-dc']],
  lzo: [
    ['lzop', '-c'],
    ['lzop', '-dc'],
  ],
}

describeWith(['mksquashfs', 'gzip', 'xz', 'zstd', 'lz4', 'bzip2', 'lzop', 'cpio'], 'a deep scan', () => {
  const random = new Random('deep')
  const digits = (): string => Array.from({ length: 32 }, () => DIGITS[random.below(32)]).join('')
  const names = Array.from({ length: COUNT }, (_, index) => `${digits()}-p${index}`)
  const hashOf = (index: number): string => names[index]!.slice(0, 32)
  const pathOf = (index: number): string => `/nix/store/${names[index]!}`
  let work = ''
  let image = ''
  let store = ''

  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-deep-'))
    store = join(work, 'store')
    const run = (command: readonly string[], input: Uint8Array): Buffer =>
      mustRun(command[0]!, command.slice(1), { input: Buffer.from(input) })
    for (const [index, name] of names.entries()) {
      mkdirSync(join(store, name), { recursive: true })
      const extension = Object.keys(TOOLS)[index % 7]!
      // Noise between the hashes leaves them as they are in some formats.
      const content = Buffer.concat([
        randomBytes(random.below(300_000)),
        Buffer.from(hashOf(random.below(COUNT))),
        Buffer.from('text '.repeat(random.below(20_000))),
        Buffer.from(hashOf(random.below(COUNT))),
      ])
      writeFileSync(join(store, name, `file.${extension}`), run(TOOLS[extension]![0], content))
      if (random.oneIn(2)) writeFileSync(join(store, name, 'plain'), `${hashOf(random.below(COUNT))}\n`)
      if (random.oneIn(3)) {
        const root = join(work, `root${index}`)
        mkdirSync(join(root, `etc-${hashOf(random.below(COUNT))}`), { recursive: true })
        writeFileSync(join(root, 'config'), `see ${pathOf(random.below(COUNT))}`)
        symlinkSync(`${pathOf(random.below(COUNT))}/init`, join(root, 'init'))
        const files = mustRun('find', ['.'], { cwd: root })
        const archive = mustRun('cpio', ['-o', '-H', 'newc', '--quiet'], { cwd: root, input: files })
        writeFileSync(join(store, name, 'initrd'), run(TOOLS[extension]![0], archive))
      }
    }
    image = join(work, 'image.squashfs')
    const paths = names.map((name) => join(store, name))
    packSquashfs(image, paths, ['-no-progress', '-quiet', '-keep-as-directory', '-b', '65536'])
  })
  afterAll(() => rmSync(work, { recursive: true, force: true }))

  /** For each path and each other one: whether its hash stands in the files as they are, and in what they unpack to. */
  function expected(): { hidden: string[]; byChance: string[] } {
    const hidden: string[] = []
    const byChance: string[] = []
    for (const name of names) {
      const files = readdirSync(join(store, name)).map((file) => ({
        file,
        bytes: readFileSync(join(store, name, file)),
      }))
      const packed = files.filter(({ file }) => file !== 'plain')
      const unpack = Object.values(TOOLS)[names.indexOf(name) % 7]![1]
      const unpacked = packed.map(({ bytes }) => mustRun(unpack[0]!, unpack.slice(1), { input: bytes }))
      for (const other of names) {
        if (other === name) continue
        const hash = other.slice(0, 32)
        const isPlain = files.some(({ file, bytes }) => file === 'plain' && bytes.includes(hash))
        const isPacked = packed.some(({ bytes }) => bytes.includes(hash))
        const isInside = unpacked.some((bytes) => bytes.includes(hash))
        if (isPacked && !isPlain) byChance.push(`/nix/store/${name} /nix/store/${other}`)
        if (isInside && !isPacked && !isPlain) hidden.push(`/nix/store/${name} /nix/store/${other}`)
      }
    }
    return { hidden: hidden.sort(), byChance: byChance.sort() }
  }

  it('finds what the tools unpack, and what grep finds in packed files', () => {
    const { code, stdout } = isoscope(['report', image, '--deep', '--json', '--no-cache'])
    expect(code).toBe(0)
    type Named = readonly { readonly from: string; readonly to: string }[]
    const report = JSON.parse(stdout.toString()) as { hiddenReferences: Named; byChance: Named }
    const told = (references: Named): string[] => references.map(({ from, to }) => `${from} ${to}`).sort()
    const { hidden, byChance } = expected()
    expect(told(report.hiddenReferences)).toEqual(hidden)
    expect(told(report.byChance)).toEqual(byChance)
    // Both happen.
    expect(hidden.length).toBeGreaterThan(20)
    expect(byChance.length).toBeGreaterThan(5)
    expect(statSync(image).size).toBeGreaterThan(1 << 20)
  })
})
