import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { basePath } from '../analyses/synthetic-side.ts'
import { isoscope } from '../cli/run.ts'
import { describeWith, mustRun } from '../oracle.ts'

describeWith(['mksquashfs', 'unsquashfs'], 'diff --content of what mksquashfs packs in other ways', () => {
  let work = ''
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-contents-'))
  })
  afterAll(() => rmSync(work, { recursive: true }))

  it.each([['1'], ['3']])(
    'finds every file that differs, and no other, on %s threads',
    (jobs) => {
      const tree = join(work, 'tree')
      rmSync(tree, { recursive: true, force: true })
      /** Short ones in fragments, long ones in blocks; enough for threads to be started. */
      const paths = Array.from({ length: 120 }, (_, index) => `${tree}/${basePath(index + 1, `p-${index}`)}`)
      const contentOf = (index: number, seed: string): string =>
        `${seed} ${index}\n`.repeat(index % 10 === 0 ? 1_000_000 : 1 + index * 7)
      mustRun('mkdir', ['-p', tree])
      for (const [index, path] of paths.entries()) writeFileSync(path, contentOf(index, 'one'))
      const pack = (name: string, ...args: string[]): void => {
        mustRun('mksquashfs', [
          tree,
          join(work, name),
          '-noappend',
          '-quiet',
          '-no-progress',
          '-all-root',
          '-all-time',
          '1',
          ...args,
        ])
      }
      pack('a', '-comp', 'gzip', '-b', '131072')
      const changed = [0, 10, 33, 77, 119]
      for (const index of changed) writeFileSync(paths[index]!, contentOf(index, 'two'))
      for (const [name, ...args] of [
        ['b', '-comp', 'gzip', '-b', '131072'],
        ['c', '-comp', 'xz', '-b', '65536', '-no-fragments'],
      ] as const) {
        pack(name, ...args)
        const { code, stdout, stderr } = isoscope(['diff', 'a', name, '--content', '--json', '-j', jobs], {}, work)
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
        const { rows, comparedBy } = JSON.parse(stdout.toString()) as {
          rows: { class: string; newPath: string }[]
          comparedBy: object
        }
        const found = rows.flatMap(({ class: what, newPath }) => (what === 'rebuilt' ? [newPath.slice(11)] : []))
        expect(found.sort()).toEqual(changed.map((index) => paths[index]!.slice(tree.length + 1)).sort())
        expect(comparedBy).toEqual({ narHash: 0, content: 115, namesAndSizes: 0 })
        // cmp says the same of what unsquashfs unpacks.
        const unpacked = (image: string): string => {
          mustRun('unsquashfs', ['-q', '-n', '-f', '-d', join(work, `of-${image}`), join(work, image)])
          return join(work, `of-${image}`)
        }
        const [old, now] = [unpacked('a'), unpacked(name)]
        const differ = paths.flatMap((path) => {
          const base = path.slice(tree.length + 1)
          return readFileSync(join(old, base)).equals(readFileSync(join(now, base))) ? [] : [base]
        })
        expect(found.sort()).toEqual(differ.sort())
      }
    },
    120_000,
  )
})

describeWith(['xorrisofs'], 'an EFI partition that no file of the tree covers', () => {
  const work = mkdtempSync(join(tmpdir(), 'isoscope-partition-'))
  afterAll(() => rmSync(work, { recursive: true }))
  const name = 'EFI boot image, partition 2, not in the tree'

  it('is compared byte for byte with --content, and by size without', () => {
    mkdirSync(join(work, 'tree'))
    writeFileSync(join(work, 'tree/a'), 'one')
    const partition = new Uint8Array(1 << 17).fill(7)
    writeFileSync(join(work, 'efi.img'), partition)
    const options = ['-append_partition', '2', '0xef', 'efi.img', '-e', '--interval:appended_partition_2:all::']
    mustRun('xorrisofs', ['-quiet', '-R', '-o', 'a.iso', ...options, '-no-emul-boot', 'tree'], { cwd: work })
    const image = readFileSync(join(work, 'a.iso'))
    const at = image.indexOf(partition)
    expect(at).toBeGreaterThan(0)
    const compare = (offset: number, ...args: string[]): { code: number | null; text: string } => {
      const changed = Buffer.from(image)
      changed[offset] = 8
      writeFileSync(join(work, 'b.iso'), changed)
      const { code, stdout } = isoscope(['diff', 'a.iso', 'b.iso', ...args], {}, work)
      return { code, text: stdout.toString() }
    }
    const last = at + partition.length - 1
    expect(compare(last).text).toContain(`${name}: by size (--content reads them)`)
    const read = compare(last, '--content')
    expect(read.text).toMatch(/ 0 B +0 B +changed +EFI boot image, partition 2, not in the tree .* contents differ\n/)
    expect(read.text).not.toContain('by size')
    expect(compare(last, '--exit-code').code).toBe(1)
    const json = JSON.parse(compare(last, '--content', '--json').text) as object
    expect(json).toMatchObject({
      bySizeAlone: [],
      byContent: [],
      rows: [{ name, class: 'changed', delta: 0, contentsDiffer: 1 }],
    })
    // A byte beside it, of the area before the volume descriptors.
    const beside = compare(16_000, '--content')
    expect(beside.text).toContain(`${name}: by content.`)
    expect(beside.text).not.toContain('contents differ')
  })
})
