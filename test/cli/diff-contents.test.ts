import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { basePath } from '../analyses/synthetic-side.ts'
import { type Child, concat, fileInode, flat, storedWord, text, writeSquashfs } from '../parsers/squashfs/writer.ts'
import { isoscope } from './run.ts'

interface File {
  readonly content: string
  readonly mode?: number
  readonly mtime?: number
  /** Compressed, and then written over. */
  readonly damaged?: boolean
}

/** A squashfs of files at its root: one that is named like a store path is one. */
function squashfsOf(files: Readonly<Record<string, File>>): Uint8Array {
  const data: Uint8Array[] = []
  let at = 96
  const children = Object.entries(files)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { content, mode = 0o444, mtime = 1, damaged }], index): Child => {
      const bytes = damaged === true ? new Uint8Array(deflateSync(text(content))).fill(0xff, 0, 4) : text(content)
      const word = damaged === true ? bytes.length : storedWord(bytes.length)
      const inode = fileInode({ start: at, size: content.length, blocks: [word], number: index + 2 })
      const view = new DataView(inode.buffer)
      view.setUint16(2, mode, true)
      view.setUint32(8, mtime, true)
      data.push(bytes)
      at += bytes.length
      return { name, inode }
    })
  return writeSquashfs({ data: concat(...data), ...flat(children) })
}

const FOO = basePath(1, 'foo-1.0')
const BAR = basePath(2, 'bar-2')

describe('isoscope diff --content', () => {
  let work = ''
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-contents-'))
  })
  afterAll(() => rmSync(work, { recursive: true }))

  const compare = (
    before: Readonly<Record<string, File>>,
    after: Readonly<Record<string, File>>,
    ...args: string[]
  ): { code: number | null; stdout: string; stderr: string } => {
    writeFileSync(join(work, 'a'), squashfsOf(before))
    writeFileSync(join(work, 'b'), squashfsOf(after))
    const { code, stdout, stderr } = isoscope(['diff', 'a', 'b', ...args], {}, work)
    return { code, stdout: stdout.toString(), stderr }
  }
  const alpha = { [FOO]: { content: 'alpha-one' }, [BAR]: { content: 'bar' }, file: { content: 'one' } }
  const omega = { ...alpha, [FOO]: { content: 'omega-two' } }

  it('is what finds other content of the same size; without it that is not said to be the same', () => {
    const plain = compare(alpha, omega)
    expect(plain).toMatchObject({ code: 0, stderr: '' })
    expect(plain.stdout).toMatch(
      /Nothing changed, as far as names, sizes, links and metadata tell; but the images are not the same\.\n\nCompared: 2 paths and 1 file outside store paths by names and sizes, contents not compared \(--content reads them\)\.\n$/,
    )
    expect(plain.stdout).not.toMatch(/same content/)

    const read = compare(alpha, omega, '--content')
    expect(read).toMatchObject({ code: 0, stderr: '' })
    expect(read.stdout).toMatch(/ 0 B +0 B +rebuilt +foo 1\.0 +contents differ in 1 file\n/)
    expect(read.stdout).toMatch(/\nCompared: 1 path and 1 file outside store paths by content\.\n$/)
    expect(read.stdout).not.toMatch(/not compared/)

    const json = JSON.parse(compare(alpha, omega, '--content', '--json').stdout) as object
    expect(json).toMatchObject({
      counts: { same: 1, rebuilt: 1 },
      comparedBy: { narHash: 0, content: 1, namesAndSizes: 0 },
      outsideOwners: { files: 1, comparedBy: { content: 1, namesAndSizes: 0 }, changes: [] },
      isIdentical: false,
      rows: [{ class: 'rebuilt', name: 'foo', contentsDiffer: 1, delta: 0 }],
    })
    expect(JSON.parse(compare(alpha, omega, '--json').stdout)).toMatchObject({
      comparedBy: { narHash: 0, content: 0, namesAndSizes: 2 },
      outsideOwners: { comparedBy: { content: 0, namesAndSizes: 1 } },
    })
    expect(compare(alpha, omega, '--content', '-f', 'md').stdout).toMatch(
      /\| rebuilt \| foo 1\.0 \| contents differ in 1 file \|/,
    )
    expect(compare(alpha, omega, 'foo').stdout).toMatch(/changed {2}itself {2}other content\n/)
  })

  it('names files outside store paths', () => {
    const other = { ...alpha, file: { content: 'two' } }
    expect(compare(alpha, other).stdout).not.toMatch(/with other contents/)
    expect(compare(alpha, other, '--content').stdout).toMatch(
      /\nOutside store paths: 1 file with other contents of the same size \(\/file\)\.\nCompared: 2 paths and 1 file outside/,
    )
    const without = compare(
      { a: { content: 'x' }, b: { content: 'y' } },
      { a: { content: 'x' }, b: { content: 'z' } },
      '--content',
    )
    expect(without.stdout).toMatch(
      /\nEntries: 1 file with other contents of the same size \(\/b\)\.\nCompared: 2 files by content\.\n$/,
    )
  })

  it('does without hashes in another build, and not in the same store path', () => {
    const to = (hash: number): File => ({ content: `/nix/store/${basePath(hash, 'dep')}/bin` })
    const moved = compare({ [basePath(3, 'x')]: to(5) }, { [basePath(4, 'x')]: to(6) }, '--content', '--json')
    expect(JSON.parse(moved.stdout)).toMatchObject({ counts: { moved: 1 }, comparedBy: { content: 1 } })
    const same = compare({ [basePath(3, 'x')]: to(5) }, { [basePath(3, 'x')]: to(6) }, '--content', '--json')
    expect(JSON.parse(same.stdout)).toMatchObject({ counts: { rebuilt: 1 }, comparedBy: { content: 0 } })
  })

  it('says what it cannot read, and ends with 2', () => {
    const damaged = { ...alpha, [FOO]: { content: 'alpha-one', damaged: true } }
    const { code, stdout, stderr } = compare(alpha, damaged, '--content')
    expect(code).toBe(2)
    expect(stderr).toMatch(
      /^isoscope: b: data block at 0x60: \w+-foo-1\.0 cannot be compared: does not decompress: [^\n]*\n$/,
    )
    expect(stdout).toMatch(/Compared: 1 path and 1 file outside store paths by content; 1 path by names and sizes/)
    expect(compare(alpha, damaged, '--exit-code').code).toBe(2)
    expect(compare(alpha, damaged).code).toBe(0)
  })

  it('is done for --exit-code, which is 0 for nothing but the same', () => {
    expect(compare(alpha, alpha, '--exit-code')).toMatchObject({ code: 0, stderr: '' })
    expect(compare(alpha, alpha, '--exit-code').stdout).toMatch(/\n\nNothing changed\.\n$/)
    const read = compare(alpha, omega, '--exit-code')
    expect(read.code).toBe(1)
    expect(read.stdout).toMatch(/contents differ in 1 file/)
    for (const other of [{ mode: 0o4755 }, { mtime: 2 }, { mode: 0o400 }]) {
      const changed = { ...alpha, [BAR]: { content: 'bar', ...other } }
      expect(compare(alpha, changed, '--exit-code').code).toBe(1)
      expect(compare(alpha, changed, 'bar', '--exit-code').code).toBe(1)
    }
  })

  it('names a setuid bit before all else, in each output', () => {
    const changed = { ...alpha, [FOO]: { content: 'alpha-one', mode: 0o4755 } }
    const { stdout } = compare({ ...alpha, [FOO]: { content: 'alpha-one', mode: 0o755 } }, changed)
    expect(stdout).toMatch(
      /\n\nSetuid, setgid and capabilities\n {2}foo-1\.0: gained setuid root \(mode 0755 → 4755\)\n\n/,
    )
    expect(stdout).toMatch(/\n {2}1 entry: mode 0755 → 4755 \(setuid\): foo-1\.0\n/)
    const added = compare({}, changed)
    expect(added.stdout).toMatch(/\n {2}foo-1\.0: new, setuid root \(mode 4755\)\n/)
    expect(JSON.parse(compare(alpha, changed, '--json').stdout)).toMatchObject({
      privilegeChanges: [
        {
          class: 'changed',
          storePath: `/nix/store/${FOO}`,
          path: '',
          oldPrivileges: { mode: '0444', setuid: null },
          newPrivileges: { mode: '4755', setuid: 0, setgid: null, capabilities: null },
        },
      ],
      metadata: {
        counts: { mode: 1 },
        changes: [{ metadataChanges: [{ kind: 'mode', oldMode: '0444', newMode: '4755' }] }],
      },
    })
    expect(compare(alpha, changed, '-f', 'md').stdout).toContain(
      '#### Setuid, setgid and capabilities\n\nfoo-1.0: gained setuid root \\(mode 0444 → 4755\\)\n',
    )
    expect(compare(alpha, changed, 'foo').stdout).toMatch(/changed {2}itself {2}mode 0444 → 4755 \(setuid\)\n/)
  })
})
