import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { IMAGES, isoscope } from './run.ts'

interface ReferrersJson {
  readonly storePaths: readonly { readonly path: string; readonly referredToBy: readonly { readonly path: string }[] }[]
}

/** Those in the table, behind which stands what it rests on. */
const names = (text: string): string[] =>
  text
    .replace(/\n\nreferences from nix-path-registration\n$/, '')
    .split('\n')
    .slice(1)
    .map((line) => line.split(/\s{2,}/).at(-1)!)

describe('isoscope refs and referrers', () => {
  it('are each other’s reverse', () => {
    const { storePaths } = JSON.parse(isoscope(['tree', 'mini.iso', '--json']).stdout.toString()) as {
      storePaths: { path: string; references: string[] }[]
    }
    const nix = storePaths.find(({ path }) => path.endsWith('-nix-2.31.2'))!
    const references = isoscope(['refs', 'mini.iso', 'nix-2.31.2', '--full-paths'])
    expect(references).toMatchObject({ code: 0, stderr: '' })
    expect(names(references.stdout.toString()).sort()).toEqual(nix.references)
    const boost = nix.references.find((path) => path.endsWith('-nix-util-2.31.2'))!
    const referrers = isoscope(['referrers', 'mini.iso', boost, '--json'])
    const answer = JSON.parse(referrers.stdout.toString()) as ReferrersJson
    expect(answer).toMatchObject({ schema: 'isoscope/referrers@1', referencesFrom: 'registration' })
    const [row] = answer.storePaths
    expect(row!.path).toBe(boost)
    expect(row!.referredToBy.map(({ path }) => path).sort()).toEqual(
      storePaths.filter(({ references: all }) => all.includes(boost)).map(({ path }) => path),
    )
  })

  it('say so where there are none, and where there is no such path', () => {
    const top = isoscope(['referrers', 'mini.iso', 'nixos-system-*'])
    expect(top.code).toBe(0)
    expect(top.stderr).toMatch(/^isoscope: \/nix\/store\/\S+ is referred to by no other store path\n$/)
    expect(isoscope(['refs', 'mini.iso', 'emacs'])).toMatchObject({
      code: 1,
      stderr: "isoscope: no store path in mini.iso matches 'emacs'\n",
    })
  })

  it('answer for all that a glob matches', () => {
    const text = isoscope(['refs', 'mini.iso', 'gcc*', '--bytes']).stdout.toString()
    expect(text).toBe(isoscope(['refs', 'mini.iso', 'gcc-15.2.0-lib', '--bytes']).stdout.toString())
    const two = isoscope(['refs', 'mini.iso', 'nix-[su]*'])
    expect(two).toMatchObject({ code: 0, stderr: '' })
    expect(two.stdout.toString()).toMatch(
      /^nix-store-2\.31\.2\n +OWN .*\n(.+\n)+\nnix-util-2\.31\.2\n +OWN .*\n(.+\n)+\nreferences from nix-path-registration\n$/,
    )
    const json = isoscope(['refs', 'mini.iso', 'nix-[su]*', '--json']).stdout.toString()
    const { storePaths } = JSON.parse(json) as { storePaths: { path: string }[] }
    expect(storePaths.map(({ path }) => path.slice(44))).toEqual(['nix-store-2.31.2', 'nix-util-2.31.2'])
  })

  it('do not say no of an image that is cut short, nor does tree', () => {
    const work = mkdtempSync(join(tmpdir(), 'isoscope-references-'))
    const image = join(work, 'cut.iso')
    writeFileSync(image, readFileSync(join(IMAGES, 'mini.iso')).subarray(0, 700_000))
    try {
      for (const command of ['refs', 'referrers', 'tree']) {
        const { code, stderr } = isoscope([command, image, 'emacs'])
        expect([command, code]).toEqual([command, 2])
        expect(stderr).toMatch(/cut short/)
      }
    } finally {
      rmSync(work, { recursive: true })
    }
  })
})
