import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { IMAGES, isoscope } from './run.ts'

const TOP = '/nix/store/kvc3kixzwvwbnrxbds6w6npp923mbcgl-nixos-system-nixos-26.11pre-git'
const BOOST = '/nix/store/b02magnv3lbnh0yrdy0g240cisf8v8vf-boost-1.87.0'
const NIX = '/nix/store/lqndabdvnz9p31a68ilqpml8f44msjpc-nix-2.31.2'

const FLAGS = [[], ['--precise'], ['--all'], ['--all', '--precise']] as const
const goldenOf = (flags: readonly string[]): string =>
  readFileSync(join(IMAGES, 'nix', `mini.why-depends${flags.map((flag) => flag.slice(1)).join('')}.txt`), 'latin1')

describe('isoscope why-depends', () => {
  for (const flags of FLAGS) {
    for (const references of ['registration', 'scan']) {
      it(`answers as Nix did: ${flags.join(' ') || 'plain'}, by ${references}`, () => {
        const options = [...flags, '--references', references]
        const said = isoscope(['why-depends', 'mini.iso', TOP, BOOST, ...options, '--color=always'])
        expect(said).toMatchObject({ code: 0, stderr: '' })
        expect(said.stdout.toString('latin1')).toBe(goldenOf(flags))
      })
    }

    it(`answers the same without colour: ${flags.join(' ') || 'plain'}`, () => {
      const { stdout } = isoscope(['why-depends', 'mini.iso', TOP, BOOST, ...flags])
      // biome-ignore lint/suspicious/noControlCharactersInRegex: escapes are what is taken out
      expect(stdout.toString('latin1')).toBe(goldenOf(flags).replace(/\x1b\[[0-9;]*m/g, ''))
    })
  }

  it.each([
    ['names', ['boost']],
    ['names with versions', ['boost-1.87.0']],
    ['the beginning of a hash', ['b02magnv']],
    ['a path below a store path', [`${BOOST}/lib/libboost_system.so`]],
    ['globs', ['nixos-system-*', 'b??st*']],
    ['base names', [TOP.slice(11), BOOST.slice(11)]],
  ])('takes %s', (_, paths) => {
    const { code, stdout } = isoscope(['why-depends', 'mini.iso', ...paths, '--color=always'])
    expect(code).toBe(0)
    expect(stdout.toString('latin1')).toBe(goldenOf([]))
  })

  it('says no with Nix’s sentence and exit code 1', () => {
    const said = isoscope(['why-depends', 'mini.iso', 'boost', 'nix'])
    expect(said).toMatchObject({ code: 1, stderr: `'${BOOST}' does not depend on '${NIX}'\n` })
    expect(said.stdout).toHaveLength(0)
  })

  it('says no about what is not in the image', () => {
    const slim = '/nix/store/6v80ash30fsk8lzq19zhhr9kb6vm2s18-nixos-system-nixos-26.11pre-git'
    expect(isoscope(['why-depends', 'mini-slim.iso', BOOST])).toMatchObject({
      code: 1,
      stderr: `'${slim}' does not depend on '${BOOST}'\n`,
    })
    expect(isoscope(['why-depends', 'mini-slim.iso', 'boost'])).toMatchObject({
      code: 1,
      stderr: `'${slim}' does not depend on 'boost'\nisoscope: no store path in mini-slim.iso matches 'boost'\n`,
    })
  })

  it('tells a path about itself', () => {
    const { code, stdout } = isoscope(['why-depends', 'mini.iso', 'boost', 'boost'])
    expect({ code, stdout: stdout.toString() }).toEqual({ code: 0, stdout: `${BOOST}\n` })
  })

  it('lists what a name may mean', () => {
    const { code, stderr } = isoscope(['why-depends', 'mini.iso', 'lib'])
    expect(code).toBe(2)
    expect(stderr).toBe(`isoscope: mini.iso: 'lib' is ambiguous: 3 store paths match:
  30.2 KiB  glibc-2.42-47
  17.3 KiB  gcc-15.2.0-lib
   4.9 KiB  zlib-1.3.1
`)
  })

  it.each([
    ['a path to begin at that is not there', ['mini.iso', 'emacs', 'boost'], "no store path in it matches 'emacs'"],
    ['an image without store paths', ['zstd.squashfs', 'a', 'b'], 'there are no store paths and no packages in it'],
  ])('says what is wrong: %s', (_, args, sentence) => {
    const { code, stderr } = isoscope(['why-depends', ...args])
    expect(code).toBe(2)
    expect(stderr).toContain(sentence)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })
})
