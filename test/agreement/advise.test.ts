import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { HINT_TABLE } from '../../src/analyses/advise/hint-table.ts'
import { optionLine, settingLine } from '../../src/analyses/advise/module-settings.ts'
import { type Advice, advise } from '../../src/analyses/advise.ts'
import { sizesOfInventory } from '../../src/analyses/graph-sizes.ts'
import { moduleText } from '../../src/present/nix/module.ts'
import { type NixosParts, syntheticNixos } from '../analyses/advise/synthetic-nixos.ts'
import { isoscope } from '../cli/run.ts'
import { describeWith, mustRun, runTool } from '../oracle.ts'

const folder = mkdtempSync(join(tmpdir(), 'isoscope-advise-'))
afterAll(() => rmSync(folder, { recursive: true }))

const FIXTURES = JSON.parse(
  readFileSync(new URL('../analyses/advise/hint-fixtures.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, NixosParts>>

function adviceFor(parts: NixosParts, apply?: readonly string[]): Advice {
  const side = syntheticNixos(parts)
  return advise(side, sizesOfInventory(side, side.references!), apply)
}

/** A system with everything that the table knows. */
const EVERYTHING: NixosParts = {
  edges: Object.values(FIXTURES).flatMap(({ edges }) => edges),
  store: Object.values(FIXTURES).flatMap(({ store = [] }) => store),
  image: Object.values(FIXTURES).flatMap(({ image = [] }) => image),
  initrd: Object.values(FIXTURES).flatMap(({ initrd = [] }) => initrd),
  initrdFiles: FIXTURES['initrd-modules']!.initrdFiles!,
  boot: FIXTURES['boot-copies']!.boot!,
  squashfs: 'zstd',
}

describeWith(['nix-instantiate'], 'modules by Nix', () => {
  const parse = (modules: readonly string[]): void => {
    const files = modules.map((text, index) => {
      const path = join(folder, `module-${index}.nix`)
      writeFileSync(path, text)
      return path
    })
    const { code, stderr } = runTool('nix-instantiate', ['--parse', ...files])
    expect(code, stderr).toBe(0)
  }
  const options = { image: 'an image', unit: 'iec' } as const

  it('parses the options of each entry alone', () => {
    // A module would leave some out: those that need another entry, and those that need an edit.
    const sets = HINT_TABLE.entries.map(({ options: some }) => `{ ${some.map(optionLine).join(' ')} }`)
    expect(sets).toHaveLength(77)
    parse([`{ config, lib, pkgs, modulesPath, ... }: [\n${sets.join('\n')}\n]\n`])
  })

  it('parses a module of all that goes together', () => {
    const all = HINT_TABLE.entries.map(({ id }) => id)
    const advice = adviceFor(EVERYTHING, all)
    expect(advice.followed.ids.size).toBeGreaterThan(45)
    parse([moduleText(advice, options), moduleText(adviceFor(EVERYTHING), options)])
    // Nix refuses an option that is set twice, and one beside a part of it.
    const bodies = Array.from(advice.followed.settings.values(), settingLine)
    parse([`{ config, lib, pkgs, modulesPath, ... }: {\n${bodies.join('\n')}\n}\n`])
  })

  it('sees what a module sets as the module says', () => {
    const path = join(folder, 'slim.nix')
    writeFileSync(path, isoscope(['advise', 'mini.iso', '--nix']).stdout)
    // mkForce and the rest of the arguments are not needed to see it.
    const seen = mustRun('nix-instantiate', [
      '--eval',
      '--strict',
      '--json',
      '-E',
      `let lib.mkForce = value: { force = value; }; in import ${path} { config = { }; inherit lib; pkgs = { }; modulesPath = ""; }`,
    ])
    expect(JSON.parse(seen.toString())).toEqual({
      documentation: { enable: { force: false }, man: { enable: { force: false } } },
      systemd: { services: { 'register-nix-paths': { force: {} } } },
    })
  })
})

describeWith(['mksquashfs', 'xz', 'zstd', 'gzip'], 'estimates of a packing', () => {
  /** The packings to compare: the words of mksquashfs as isoscope prints them, and the size of blocks. */
  const PACKINGS = [
    ['xz -Xdict-size 100% -Xbcj x86', 131072],
    ['gzip -Xcompression-level 9', 131072],
    ['zstd -Xcompression-level 3', 131072],
    ['zstd -Xcompression-level 3', 1048576],
  ] as const

  it('are within 1 % of what mksquashfs makes of the same files', () => {
    // Text in small files, and a program of several blocks.
    const trees = ['decisions', 'api.md', 'guide.md', 'lenience.md', 'map.md']
      .map((name) => `../../docs/${name}`)
      .map((path) => new URL(path, import.meta.url).pathname)
    const pack = (name: string, words: string, blockSize: number): number => {
      const path = join(folder, name)
      const args = ['-noappend', '-quiet', '-no-progress', '-no-xattrs', '-nopad', '-b', String(blockSize), '-comp']
      mustRun('mksquashfs', [...trees, '/bin/tar', path, ...args, ...words.split(' ')])
      return statSync(path).size
    }
    const now = pack('now.squashfs', 'zstd -Xcompression-level 3', 131072)
    const { code, stdout, stderr } = isoscope(
      ['advise', '--packing', '--sample', '64M', '--json', join(folder, 'now.squashfs')],
      {},
      folder,
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const { images } = JSON.parse(stdout.toString()) as {
      images: readonly [
        {
          readonly estimates: readonly {
            readonly mksquashfs: string
            readonly blockSize: number
            readonly delta: number
          }[]
        },
      ]
    }
    for (const [index, [words, blockSize]] of PACKINGS.entries()) {
      const estimate = images[0].estimates.find((one) => one.mksquashfs === words && one.blockSize === blockSize)
      const real = pack(`${index}.squashfs`, words, blockSize)
      const error = Math.abs(now + estimate!.delta - real) / real
      expect(error, `${words} -b ${blockSize}: estimated ${now + estimate!.delta}, made ${real}`).toBeLessThan(0.01)
    }
  })
})
