import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { archive, symlink } from '../parsers/cpio/writer.ts'
import { squashfsOf } from '../parsers/squashfs/writer.ts'
import { isoscope } from './run.ts'

const schema = JSON.parse(readFileSync(new URL('../../schemas/report.json', import.meta.url), 'utf8')) as object
const validate = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false, strictTuples: false }).compile(
  schema,
)

const keyOf = (letter: string, name: string): string => `${letter.repeat(32)}-${name}`
const SYSTEM = keyOf('9', 'nixos-system-x-1')
const INITRD = keyOf('1', 'initrd')
const BASH = keyOf('2', 'bash-5')
const LOST = keyOf('3', 'lost-1')
const TOOL = keyOf('4', 'tool-1')
const pathOf = (key: string): string => `/nix/store/${key}`

interface WhyJson {
  readonly storePaths: readonly {
    readonly referring: readonly { readonly path: string }[]
    readonly referringByChance?: readonly string[]
    readonly smallestCut: { readonly removes: readonly object[] } | null
    readonly singleCuts: readonly object[]
    readonly hiddenMentions?: readonly { readonly path: string; readonly file: string }[]
  }[]
}

describe('--deep', () => {
  let work = ''
  let image = ''
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-deep-'))
    image = join(work, 'image.squashfs')
    // Uncompressed, so that the initrd has hashes as they are: as a compressor leaves some.
    const visible = gzipSync(archive(symlink('bin', pathOf(BASH)), { name: 'lost', content: pathOf(LOST) }), {
      level: 0,
    })
    const packed = gzipSync(archive({ name: 'x', content: `${'e'.repeat(99)}${pathOf(TOOL).repeat(3)}` }))
    const files = {
      [`${SYSTEM}/initrd`]: `${pathOf(INITRD)}/initrd`,
      [`${SYSTEM}/activate`]: `#!${pathOf(BASH)} ${pathOf(TOOL)}`,
      [`${INITRD}/initrd`]: visible,
      [`${INITRD}/other`]: packed,
      // No text, so that it is a package.
      [`${BASH}/bin/bash`]: 'b\0'.repeat(2500),
      [`${LOST}/lost`]: 'l'.repeat(3000),
      [TOOL]: 't'.repeat(2000),
    }
    writeFileSync(image, squashfsOf(files))
  })
  afterAll(() => rmSync(work, { recursive: true }))

  const out = (...args: string[]): string => {
    const { code, stdout, stderr } = isoscope(args)
    expect([code, stderr]).toEqual([0, ''])
    return stdout.toString()
  }
  const why = (name: string, ...args: string[]): WhyJson['storePaths'][number] =>
    (JSON.parse(out('why', image, name, '--json', ...args)) as WhyJson).storePaths[0]!

  it('says which references are there by chance, and which Nix cannot know', () => {
    const text = out('report', image, '--deep')
    expect(text).toContain('Named in compressed content   (Nix does not look there)\n  initrd → tool-1\n')
    expect(text).toContain(
      'References by chance   (the hash stands only in compressed bytes)\n  initrd → bash-5, lost-1\n',
    )
    const shallow = out('report', image)
    expect(shallow).not.toContain('compressed content')
    expect(shallow).not.toContain('by chance')
  })

  it('writes them as JSON that fits the schema, and reads them back', () => {
    const json = out('report', image, '--deep', '--json')
    const report = JSON.parse(json) as Record<string, unknown>
    expect([validate(report), validate.errors]).toEqual([true, null])
    expect(report['byChance']).toEqual([
      { from: pathOf(INITRD), to: pathOf(BASH) },
      { from: pathOf(INITRD), to: pathOf(LOST) },
    ])
    expect(report['hiddenReferences']).toEqual([
      { from: pathOf(INITRD), to: pathOf(TOOL), file: 'other/x', kind: 'content', offset: 110 },
    ])
    const saved = join(work, 'saved.json')
    writeFileSync(saved, json)
    expect(out('report', saved, '--json')).toBe(json)
    expect(out('report', saved)).toBe(out('report', image, '--deep'))
    expect(isoscope(['report', saved, '--deep'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is a saved report, which has no contents to look into') as string,
    })
    expect(Object.keys(JSON.parse(out('report', image, '--json')) as object)).not.toContain('byChance')
  })

  it('takes a reference by chance for no reason and no cut while there is another', () => {
    expect(why('bash').referring.map(({ path }) => path)).toEqual([pathOf(INITRD), pathOf(SYSTEM)])
    expect(why('bash').singleCuts).toEqual([])
    const bash = why('bash', '--deep')
    expect(bash.referring.map(({ path }) => path)).toEqual([pathOf(SYSTEM)])
    expect(bash.referringByChance).toEqual([pathOf(INITRD)])
    expect(bash.singleCuts).toMatchObject([{ from: pathOf(SYSTEM), to: pathOf(BASH) }])
    expect(out('why', image, 'bash', '--deep')).toContain('1 direct referrer · 1 more by chance')
  })

  it('says so where there is no other reason', () => {
    expect(why('lost').smallestCut).toMatchObject({ removes: [{ from: pathOf(INITRD), to: pathOf(LOST) }] })
    const lost = why('lost', '--deep')
    expect(lost.referringByChance).toEqual([pathOf(INITRD)])
    // It goes away with the initrd, which is a part of the system.
    expect([lost.smallestCut, lost.singleCuts]).toEqual([null, []])
    const text = out('why', image, 'lost', '--deep')
    expect(text).toContain('initrd (compressed: by chance)')
    expect(text).toContain('Only references by chance hold it.')
  })

  it('names the compressed content that mentions a path', () => {
    expect(why('tool', '--deep').hiddenMentions).toEqual([
      { path: pathOf(INITRD), file: 'other/x', kind: 'content', offset: 110 },
    ])
    expect(why('tool').hiddenMentions).toBeUndefined()
    expect(out('why', image, 'tool', '--deep')).toMatch(
      /Also named in compressed content, where Nix does not look\nSTORE PATH {2}NAMED IN\ninitrd {6}other\/x\n/,
    )
  })

  it('is kept apart from the answers without it', () => {
    const env = { XDG_CACHE_HOME: join(work, 'cache') }
    const said = (...args: string[]): string => isoscope(['report', image, ...args], env).stdout.toString()
    const [shallow, deep] = [said(), said('--deep')]
    expect(deep).not.toBe(shallow)
    expect([said(), said('--deep')]).toEqual([shallow, deep])
  })

  it('looks into files of any name', () => {
    const insides = (...args: string[]): string[] =>
      (JSON.parse(out('report', image, '--json', ...args)) as { inside: { path: string }[] }).inside.map(
        ({ path }) => path,
      )
    expect(insides('--deep')).toEqual([`/${INITRD}/initrd`, `/${INITRD}/other`])
    expect(insides()).toEqual([])
  })
})
