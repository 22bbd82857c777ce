import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  concat,
  directoryInode,
  fileInode,
  listing,
  storedWord,
  text,
  writeSquashfs,
} from '../parsers/squashfs/writer.ts'
import { firstNamesIn, measure, measureGlobs, type Result, storedSizes } from './measure.ts'
import { isoscope } from './run.ts'

let work = ''
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'isoscope-check-paths-'))
})
afterAll(() => rmSync(work, { recursive: true, force: true }))

describe('a limit for paths of an image', () => {
  it('counts on a disc what ls says is stored', () => {
    for (const [image, ...cases] of [
      [
        'mini.iso',
        ['/boot/*', /^\/boot\//],
        ['/isolinux/*.c32', /^\/isolinux\/[^/]*\.c32$/],
        ['/boot/nix/store/*/bzImage', /^\/boot\/.*\/bzImage$/],
        ['/EFI/**/*.[eE][fF][iI]', /^\/EFI\/.*\.efi$/i],
      ],
      ['plain.iso', ['/DOCS', /^\/DOCS\//], ['/*/HELLO.TXT', /^\/[^/]*\/HELLO\.TXT$/]],
    ] as const) {
      const stored = [...storedSizes(image)]
      const firstNames = firstNamesIn(image)
      const measured = measureGlobs(image, ...cases.map(([glob]) => glob))
      for (const [index, [glob, pattern]] of cases.entries()) {
        const found = stored.filter(([path]) => pattern.test(path))
        expect(found.length).toBeGreaterThan(0)
        // A hard-linked file counts whole, and once, by any of its names.
        const files = new Set(found.map(([path]) => firstNames.get(path)))
        const whole = stored.filter(([path]) => files.has(firstNames.get(path)))
        expect([glob, measured[index]]).toEqual([glob, whole.reduce((sum, [, bytes]) => sum + bytes, 0)])
      }
    }
  })

  it('has each byte of the image once', () => {
    const whole = measure('mini.iso', 'path:/=1', 'image=1', 'path:/nix-store.squashfs=1', 'squashfs=1')
    const [all, image, nested, squashfs] = whole.map(({ value }) => value)
    expect([all, nested]).toEqual([image, squashfs])
    const tops = ['/.boot.cat', '/EFI', '/boot', '/isolinux', '/nix-store.squashfs', '/version.txt', '/nix-store']
    const [top, ...parts] = measureGlobs('mini.iso', '/*', ...tops)
    expect(top).toBe(parts.reduce((sum, bytes) => sum + bytes, 0))
    // Two patterns that match the same files, and one of what lies below another.
    const config = join(work, 'once.json')
    const groups = { twice: ['/boot', '/boot/*', '/**/bzImage', 'linux-6*', '/nix/store/*-linux-6*/bzImage'] }
    writeFileSync(config, JSON.stringify({ groups, limits: [{ what: 'group:twice', max: 1 }] }))
    const { stdout } = isoscope(['check', 'mini.iso', '--json', '--config', config])
    const [twice] = (JSON.parse(stdout.toString()) as { results: Result[] }).results
    const inside = ['', 'initrd-'].map((start) => `/nix-store.squashfs/*-${start}linux-6*`)
    const [boot, linux, initrd] = measureGlobs('mini.iso', '/boot', ...inside) as [number, number, number]
    expect(initrd).toBeGreaterThan(0)
    expect(twice!.value).toBe(boot + linux - initrd)
  })

  it('counts files inside store paths as ls does, with their part of the tables', () => {
    const stored = storedSizes('mini.iso', '/nix-store.squashfs')
    const sum = (pattern: RegExp): { bytes: number; files: number } => {
      const found = [...stored].filter(([path]) => pattern.test(path))
      return { bytes: found.reduce((total, [, bytes]) => total + bytes, 0), files: found.length }
    }
    const cases = [
      ['/nix-store.squashfs/*/share/**', /^\/nix-store\.squashfs\/[^/]+\/share\//],
      ['/nix-store.squashfs/*-bash-5*/bin/*', /-bash-5[^/]*\/bin\//],
      ['/nix/store/*-bash-5*/bin/*', /-bash-5[^/]*\/bin\//],
      ['/**/*.service', /\.service(\/|$)/],
    ] as const
    const measured = measureGlobs('mini.iso', ...cases.map(([glob]) => glob))
    for (const [index, [, pattern]] of cases.entries()) {
      const { bytes, files } = sum(pattern)
      expect(files).toBeGreaterThan(0)
      const value = measured[index]!
      // An inode and a name take some tens of bytes, packed.
      expect(value).toBeGreaterThan(bytes)
      expect(value).toBeLessThanOrEqual(bytes + files * 100)
    }
  })

  it('adds up for what lies in one store path', () => {
    const [whole, inside] = measure('mini.iso', 'path:/nix/store/*-boost-*=1', 'path:/nix/store/*-boost-*/**=1')
    expect(whole!.value! - inside!.value!).toBeGreaterThan(0)
    expect(whole!.value! - inside!.value!).toBeLessThan(100)
    expect(inside!.contributors[0]).toMatchObject({
      name: expect.stringMatching(/^boost-1\.87\.0\/lib\/./),
      storePath: expect.stringMatching(/^[0-9a-z]{32}-boost-1\.87\.0$/),
    })
  })

  it('can tell of a saved report all but what lies inside store paths', () => {
    const saved = join(work, 'mini.json.gz')
    expect(isoscope(['mini.iso', '-o', saved]).code).toBe(0)
    const limits = [
      'path:/boot=1',
      'path:/nix/store/*-boost-*=1',
      'path:/nix-store.squashfs=1',
      'path:/bto=1',
      'initrd=1',
    ]
    expect(measure(saved, ...limits)).toEqual(measure('mini.iso', ...limits))
    const { code, stdout } = isoscope(['check', saved, '--max', 'path:/**/bzImage=1G', '--max', '1G'])
    expect({ code, stdout: stdout.toString() }).toEqual({
      code: 2,
      stdout: expect.stringMatching(
        /^ {2}ERROR {2}path:\/\*\*\/bzImage {2}a saved report has no sizes of files inside store paths; give the image\n/,
      ),
    })
    const asBase = isoscope(['check', 'mini.iso', '--base', saved, '--max-growth', 'path:/**/bzImage=1G'])
    expect(asBase).toMatchObject({ code: 2 })
    expect(asBase.stdout.toString()).toContain('the base: a saved report has no sizes')
    // What is gone from the image needs no sizes of files inside store paths.
    const gone = isoscope(['check', 'plain.iso', '--base', saved, '--max-growth', 'path:/isolinux=1'])
    expect({ code: gone.code, stdout: gone.stdout.toString() }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^ {2}PASS {2}path:\/isolinux growth {2}−\d.* ≤ \+1 B\n/),
    })
    const both = isoscope(['check', 'mini.iso', '--base', 'mini-slim.iso', '--max-growth', 'path:/**/*.so*=1'])
    expect(both.stdout.toString()).toMatch(/^ {2}FAIL .* \+\d.* > \+1 B\n {10}nix-store-2\.31\.2\/lib\/\S+ \+\d/)
  })

  it('says of a group on the command line what the configuration says', () => {
    const config = join(work, 'groups.json')
    writeFileSync(config, JSON.stringify({ groups: { boot: ['/boot/*', '/isolinux'] } }))
    const { code, stdout } = isoscope(['check', 'mini.iso', '--config', config, '--max', 'group:boot=1M', '--json'])
    const [result] = (JSON.parse(stdout.toString()) as { results: Result[] }).results
    expect(code).toBe(0)
    const [boot, isolinux] = measureGlobs('mini.iso', '/boot', '/isolinux')
    expect(result!.value).toBe(boot! + isolinux!)
  })

  it('finds nothing in an image inside a squashfs, which is one file, and says so of no other', () => {
    const [file, inside] = measure('nested.iso', 'path:/payload.dat/cache.bin=1', 'path:/payload.dat/cache.bin/*=1')
    expect(file).toMatchObject({ status: 'fail' })
    expect(inside).toMatchObject({
      status: 'skip',
      note: "no path in the image matches '/payload.dat/cache.bin/*'; /payload.dat/cache.bin is a file, and isoscope does not look inside it",
    })
  })

  it('has a verdict that is not PASS when all was skipped', () => {
    const rules = ['check', 'mini.iso', '--max', 'path:sytemd*=1G', '--max', 'path:/bot/*=1']
    const { code, stdout } = isoscope(rules)
    expect({ code, stdout: stdout.toString() }).toEqual({
      code: 2,
      stdout:
        "  SKIP  path:sytemd*  no store path matches 'sytemd*'; did you mean systemd-258.3?\n" +
        "  SKIP  path:/bot/*   no path in the image matches '/bot/*'; did you mean /boot?\n" +
        'NOTHING MEASURED  0 passed, 0 failed, 2 skipped\n',
    })
    expect(JSON.parse(isoscope([...rules, '--json']).stdout.toString())).toMatchObject({ verdict: 'unmeasured' })
    expect(isoscope([...rules, '-f', 'md']).stdout.toString()).toMatch(/2\.0 MiB ⚠️ nothing was measured\n/)
    const { stderr } = isoscope(rules, { GITHUB_ACTIONS: 'true' })
    expect(stderr.match(/^::error title=isoscope mini\.iso::path:\S+: no .* did you mean /gm)).toHaveLength(2)
    expect(isoscope([...rules, '--max', '1G'], { GITHUB_ACTIONS: 'true' })).toMatchObject({ code: 0, stderr: '' })
  })
})

describe('two builds of one package', () => {
  const [first, second, user, system] = ['2', '3', '4', '5'].map((digit) => digit.repeat(32))
  const FILES = [
    [`${first}-grub-2.12`, 'first build'],
    [`${second}-grub-2.12`, 'second build, which is larger'],
    [`${user}-installer-1`, `/nix/store/${second}-grub-2.12`],
    [`${system}-nixos-system-x-1`, `/nix/store/${first}-grub-2.12 /nix/store/${user}-installer-1`],
  ] as const

  beforeAll(() => writeFileSync(join(work, 'two.squashfs'), storeOf(FILES)))

  it('are told apart by hash, each with what pulls it in', () => {
    for (const name of ['grub', 'gr*', '*']) {
      const { code, stdout } = isoscope(['check', join(work, 'two.squashfs'), '--bytes', '--no-duplicates', name])
      expect(code).toBe(1)
      expect(stdout.toString().split('\n').slice(0, 3)).toEqual([
        `  FAIL  duplicates ${name}  2 versions or builds`,
        expect.stringMatching(/^ {10}3333…-grub-2\.12 \d+ ← installer-1 ← nixos-system-x-1$/),
        expect.stringMatching(/^ {10}2222…-grub-2\.12 \d+ ← nixos-system-x-1$/),
      ])
    }
  })

  it('are so in an annotation, in Markdown and in JSON', () => {
    const rule = ['check', join(work, 'two.squashfs'), '--no-duplicates', '*', '--forbid', 'grub-*', '--max', '1']
    const { stderr } = isoscope(rule, { GITHUB_ACTIONS: 'true' })
    expect(stderr).toMatch(
      /::duplicates \*: 2 versions or builds; 3333…-grub-2\.12 \d+ B ← installer-1 ← .*; 2222…-grub/,
    )
    expect(stderr).toMatch(/::forbid grub-\*: 2 paths, \d+ B; 3333…-grub-2\.12 .*; 2222…-grub/)
    const markdown = isoscope([...rule, '-f', 'md']).stdout.toString()
    expect(markdown).toMatch(
      /\| duplicates \\\* \| 2 versions or builds<br>&emsp;3333…-grub-2\.12 .*<br>&emsp;2222…-grub-2\.12 /,
    )
    const { results } = JSON.parse(isoscope([...rule, '--json']).stdout.toString()) as { results: Result[] }
    const duplicates = results.find(({ note }) => note === '2 versions or builds')!
    expect(duplicates.contributors[0]).toMatchObject({
      name: 'grub-2.12',
      storePath: `${second}-grub-2.12`,
      chain: ['grub-2.12', 'installer-1', 'nixos-system-x-1'],
      chainOwners: [FILES[1][0], FILES[2][0], FILES[3][0]],
    })
  })

  it('are so among the roots of a report, in trees, and in lists of references', () => {
    const alone = join(work, 'roots.squashfs')
    writeFileSync(alone, storeOf(FILES.slice(0, 2)))
    expect(isoscope([alone]).stdout.toString()).toContain(
      'roots: 2222…-grub-2.12 (nothing refers to it)\n       3333…-grub-2.12 (nothing refers to it)\n',
    )
    const image = join(work, 'two.squashfs')
    for (const command of [
      ['tree', image],
      ['export', '-f', 'dot', image],
    ]) {
      const said = isoscope(command).stdout.toString()
      expect(said).toContain('2222…-grub-2.12')
      expect(said).toContain('3333…-grub-2.12')
    }
    expect(isoscope(['refs', image, 'nixos-system']).stdout.toString()).toContain('2222…-grub-2.12')
    expect(isoscope(['referrers', image, second!]).stdout.toString()).toContain('installer-1')
    // Neither is in the other image.
    const none = join(work, 'none.squashfs')
    writeFileSync(none, storeOf(FILES.slice(2)))
    const difference = isoscope(['diff', image, none, '-n', '0', '--min', '0']).stdout.toString()
    expect(difference).toMatch(/ gone +2222…-grub 2\.12 /)
    expect(difference).toMatch(/ gone +3333…-grub 2\.12 /)
    expect(isoscope(['diff', image, none, '-f', 'md', '--min', '0']).stdout.toString()).toContain('2222…-grub 2.12')
    const { rows } = JSON.parse(isoscope(['diff', image, none, '--json']).stdout.toString()) as { rows: object[] }
    expect(rows).toContainEqual(expect.objectContaining({ class: 'gone', name: 'grub', hash: '2222' }))
  })
})

/** A squashfs with files at its top, their contents stored as they are. */
function storeOf(files: readonly (readonly [name: string, content: string])[]): Uint8Array {
  const inodes: Uint8Array[] = []
  const names: { name: string; at: number }[] = []
  let start = 96
  let at = 0
  for (const [index, [name, content]] of files.entries()) {
    const blocks = [storedWord(content.length)]
    const inode = fileInode({ start, size: content.length, blocks, number: index + 2 })
    names.push({ name, at })
    inodes.push(inode)
    start += content.length
    at += inode.length
  }
  const directories = listing(names)
  return writeSquashfs({
    data: text(files.map(([, content]) => content).join('')),
    inodes: concat(...inodes, directoryInode({ at: 0, length: directories.length })),
    root: at,
    directories,
  })
}
