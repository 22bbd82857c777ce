import { expect, it } from 'vitest'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { check } from '../../src/analyses/check.ts'
import { diff } from '../../src/analyses/diff.ts'
import { duplicatePackages } from '../../src/analyses/duplicate-packages.ts'
import type { Rule } from '../../src/analyses/rules.ts'
import { openSource } from '../../src/images/open-image.ts'
import { type Inventory, takeInventoryOf } from '../../src/inventory/take-inventory.ts'
import { squashfsOf } from '../parsers/squashfs/writer.ts'

const BUSYBOX = 'P:busybox\nV:1.36\nA:x86_64\nF:bin\nR:busybox\n\n'
const META = 'P:busybox-full\nV:0.5\nA:x86_64\nD:busybox\n\n'

/** An Alpine system with some packages, of which only busybox has a file. */
function alpine(...packages: readonly string[]): Promise<Inventory> {
  const image = squashfsOf({ 'bin/busybox': 'busybox'.repeat(900), 'lib/apk/db/installed': packages.join('') })
  return takeInventoryOf(openSource(bytesSource(image, 'image')), { files: true, outside: true })
}

it('are forbidden as others are, held to limits, and counted as one copy', async () => {
  const image = await alpine(BUSYBOX, META)
  const name = 'busybox-full'
  const rules: Rule[] = [
    { kind: 'forbid', match: name, reason: undefined, except: [] },
    { kind: 'max', subject: { kind: 'paths', name, globs: [name] }, max: 0 },
    { kind: 'noDuplicates', name },
  ]
  expect(check(rules, image, undefined, '2026-06-15').results).toMatchObject([
    { status: 'fail', value: 1, contributors: [{ owner: 'apk:busybox-full:x86_64=0.5', bytes: 0 }] },
    { status: 'pass', value: 0 },
    { status: 'pass', value: 1 },
  ])
})

it('are new and gone as others are, if both images tell of them', async () => {
  const [before, after] = [await alpine(BUSYBOX), await alpine(BUSYBOX, META)]
  const key = 'apk:busybox-full:x86_64=0.5'
  const kinds = { same: 1, moved: 0, rebuilt: 0, changed: 0 }
  for (const [compared, counts, row] of [
    [diff(before, after, 'path'), { ...kinds, new: 1, gone: 0 }, { class: 'new', newPath: key, before: 0, after: 0 }],
    [diff(after, before, 'path'), { ...kinds, new: 0, gone: 1 }, { class: 'gone', oldPath: key, before: 0, after: 0 }],
  ] as const) {
    expect(compared.counts).toEqual(counts)
    expect(compared.rows.find(({ kind }) => kind === 'owner')).toMatchObject(row)
    expect(compared.rows.reduce((sum, { delta }) => sum + delta, 0)).toBe(compared.delta)
  }
  const unknown = { ...before, references: undefined, roots: [] }
  expect(diff(unknown, after, 'path').counts).toEqual({ ...kinds, new: 0, gone: 0 })
})

it('are no second copies, for they take nothing', async () => {
  expect(duplicatePackages(await alpine(BUSYBOX, META), undefined).packages).toEqual([])
})
