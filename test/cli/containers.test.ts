import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeElf } from '../parsers/elf/writer.ts'
import { bundleOf, signedMessage } from '../parsers/rauc/writer.ts'
import { DEFINITION, LABELS, OCI_BLOB, PARTITION, SIGNATURE, writeSif } from '../parsers/sif/writer.ts'
import { squashfsOf } from '../parsers/squashfs/writer.ts'
import { type CycloneDx, cyclonedxFlaws } from '../present/sbom/cyclonedx-flaws.ts'
import { type SpdxDocument, spdxFlaws } from '../present/sbom/spdx-rules.ts'
import { IMAGES, isoscope } from './run.ts'

interface ReportJson {
  readonly image: { readonly size: number; readonly offset?: number; readonly container?: string }
  readonly regions: readonly { readonly name: string; readonly own: number }[]
  readonly accounts: readonly Account[]
}
interface Account {
  readonly kind: string
  readonly name?: string
  readonly region: string
  readonly own: number
}

const OUTSIDE = '[outside the image]'
const schema = JSON.parse(readFileSync(new URL('../../schemas/report.json', import.meta.url), 'utf8')) as object
const validate = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false, strictTuples: false }).compile(
  schema,
)

let work = ''
let squashfs: Buffer
let store: Buffer
const put = (name: string, ...parts: readonly Uint8Array[]): string => {
  const path = join(work, name)
  writeFileSync(path, Buffer.concat(parts))
  return path
}

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'isoscope-containers-'))
  squashfs = readFileSync(join(IMAGES, 'zstd.squashfs'))
  store = isoscope(['cat', 'mini.iso', '/nix-store.squashfs']).stdout
})
afterAll(() => rmSync(work, { recursive: true, force: true }))

/** The report as JSON, which fits the schema and adds up; what lies around the image, as "bytes kind name". */
function reportOn(path: string, code = 0, ...args: readonly string[]): { report: ReportJson; around: string[] } {
  const { stdout, stderr, ...said } = isoscope([path, '--json', ...args])
  expect({ ...said, isSilent: stderr === '' }).toEqual({ code, isSilent: code === 0 })
  const report = JSON.parse(stdout.toString()) as ReportJson
  expect(validate(report), JSON.stringify(validate.errors)).toBe(true)
  const { size } = statSync(path)
  expect(report.image.size).toBe(size)
  for (const rows of [report.accounts, report.regions]) {
    expect(rows.reduce((sum, { own }) => sum + own, 0)).toBe(size)
  }
  // A part that is known is a region of its own.
  const outside = report.accounts.filter(({ region, name }) => region === OUTSIDE || region === name)
  const regions = report.regions.map(({ name }) => name)
  for (const { region } of outside) expect(regions).toContain(region)
  return { report, around: outside.map(({ own, kind, name }) => `${own} ${kind} ${name}`).sort() }
}

const partition = (bytes: Uint8Array) => ({ type: PARTITION, bytes, fileSystem: 1, partition: 2 })

/** An AppImage, and SIF files with their partition where descriptors say and where they do not. */
function containers(inner: Buffer): Record<string, string> {
  return {
    AppImage: put('app.AppImage', writeElf({ appImageType: 2 }), inner),
    'AppImage of 32 bits': put('32.AppImage', writeElf({ appImageType: 2, bits: 32, little: false, behind: 9 }), inner),
    'ELF program': put('program', writeElf(), inner),
    SIF: put('a.sif', writeSif([{ type: DEFINITION, bytes: Buffer.from('Bootstrap: x') }, partition(inner)])),
    'SIF without descriptors': put('bare.sif', writeSif([], { total: 0 }).subarray(0, 32_768), inner),
    'SIF of OCI objects': put('oci.sif', writeSif([{ type: OCI_BLOB, bytes: inner }], { alignment: 1 })),
  }
}

describe('a file with a squashfs in it', () => {
  it('opens at once, in every command', () => {
    const plain = put('plain.squashfs', squashfs)
    const listed = isoscope(['ls', '-lR', plain]).stdout.toString()
    const content = isoscope(['cat', plain, '/docs/long.txt']).stdout
    expect(content.length).toBeGreaterThan(10_000)
    const files = (path: string): Account[] => reportOn(path).report.accounts.filter(({ kind }) => kind === 'file')
    for (const [kind, path] of Object.entries(containers(squashfs))) {
      expect(isoscope(['ls', '-lR', path]).stdout.toString(), kind).toBe(listed)
      expect(isoscope(['cat', path, '/docs/long.txt']).stdout.equals(content), kind).toBe(true)
      expect(files(path), kind).toEqual(files(plain))
    }
  })

  it('answers about store paths as the squashfs does, from the registration, a scan and what is kept', () => {
    const plain = put('store.squashfs', store)
    const questions = [
      ['why', '--json', 'boost'],
      ['tree', '--json'],
      ['refs', 'systemd'],
      ['referrers', 'boost', '--json', '--references', 'scan'],
    ]
    const ask = ([command, ...args]: readonly string[], path: string, env = {}) => {
      const { code, stdout, stderr } = isoscope([command!, path, ...args], env)
      return { code, stdout: stdout.toString().replace(/"image":\{[^}]*\}/, ''), stderr }
    }
    const files = Object.entries(containers(store))
    for (const question of questions) {
      const honest = ask(question, plain)
      expect(honest.code).toBe(0)
      for (const [kind, path] of files) {
        const kept = { XDG_CACHE_HOME: join(work, kind.replaceAll(' ', '-')) }
        expect(ask(question, path, kept), kind).toEqual(honest)
        expect(readdirSync(join(kept.XDG_CACHE_HOME, 'isoscope'))).toHaveLength(1)
        expect(ask(question, path, kept), kind).toEqual(honest)
      }
    }
  }, 120_000)

  it('is compared with another', () => {
    const { AppImage, SIF } = containers(store)
    const { code, stdout } = isoscope(['diff', AppImage!, SIF!, '--json'])
    expect(code).toBe(0)
    const told = JSON.parse(stdout.toString()) as { rows: { delta: number }[]; delta: number }
    const delta = statSync(SIF!).size - statSync(AppImage!).size
    expect(told.rows.reduce((sum, row) => sum + row.delta, 0)).toBe(delta)
    expect(told.delta).toBe(delta)
  })
})

describe('what lies around the image', () => {
  const elf = (): number => writeElf().length

  it('is named by what it is', () => {
    const { AppImage, 'ELF program': program, SIF, ...others } = containers(squashfs)
    expect(reportOn(AppImage!).around).toEqual([`${elf()} structure AppImage runtime`])
    expect(reportOn(program!).around).toEqual([`${elf()} structure program (before the squashfs)`])
    expect(reportOn(SIF!).around).toEqual([
      '12 structure SIF definition file',
      '128 structure SIF header',
      `${48 * 585} structure SIF descriptor table`,
      expect.stringMatching(/padding/),
    ])
    expect(reportOn(others['SIF without descriptors']!).around).toEqual([
      '128 structure SIF header',
      expect.stringMatching(/^32640 padding/),
    ])
  })

  it('is named behind it too, and a hostile object takes none of the image', () => {
    const note = Buffer.alloc(5000, 'signed ')
    const sif = writeSif([
      partition(squashfs),
      { type: SIGNATURE, bytes: note },
      { type: LABELS, bytes: Buffer.from('{}'), offset: 0, size: 2 ** 62 },
      { type: LABELS, bytes: Buffer.from('{}'), offset: 2 ** 62, size: 2 ** 62 },
    ])
    const path = put('hostile.sif', sif, Buffer.from('behind it all'))
    const { report, around } = reportOn(path, 2)
    const { stderr } = isoscope([path])
    expect(stderr).toMatch(/descriptor of SIF labels at 0x1492: the file ends before the data object does/)
    expect(around.join('\n')).toMatch(/overlap/)
    const inside = report.accounts.filter(({ region }) => region === '/').reduce((sum, { own }) => sum + own, 0)
    expect(inside).toBe(squashfs.length)
    const honest = writeSif([partition(squashfs), { type: SIGNATURE, bytes: note }])
    expect(reportOn(put('signed.sif', honest, Buffer.from('behind it all'))).around).toEqual([
      '128 structure SIF header',
      '13 gap bytes after the image',
      `${48 * 585} structure SIF descriptor table`,
      expect.stringMatching(/^\d+ padding padding$/),
      '5000 structure SIF signature',
    ])
  })

  it('is named where the user says where the image is, and where something was appended', () => {
    const runtime = writeElf({ appImageType: 2 })
    const app = put('told.AppImage', runtime, squashfs)
    expect(reportOn(app, 0, '--offset', String(runtime.length))).toEqual(reportOn(app))
    const behind = Buffer.alloc(3000, 'x')
    const wrapped = put('wrapped', Buffer.alloc(4096, 'y'), squashfs, behind)
    expect(reportOn(wrapped, 0, '--offset', '4096').around).toEqual([
      '3000 gap bytes after the image',
      '4096 gap bytes before the image',
    ])
    const appended = put('appended.squashfs', squashfs, behind)
    expect(reportOn(appended).around).toEqual(['3000 gap bytes after the image'])
    const text = isoscope([appended]).stdout.toString()
    expect(text).toContain('[bytes after the image]')
    expect(text).not.toContain('nothing refers to')
  })

  it('is called the same in text, Markdown, tables and for ncdu, which add up', () => {
    const { AppImage: path } = containers(squashfs)
    const name = 'AppImage runtime'
    const said = (...args: readonly string[]): string => isoscope([...args, path!]).stdout.toString()
    const text = said()
    expect(text).toContain(`[${name}]`)
    expect(text).toContain(`AppImage, squashfs at offset 0x${elf().toString(16)}: zstd, 4 KiB blocks`)
    expect(said('-f', 'md').replaceAll('\\', '')).toContain(`| [${name}] |`)
    expect(said('-f', 'csv')).toContain(`structure,${name}`)
    const ncdu = JSON.parse(said('export', '-f', 'ncdu')) as unknown[]
    let sum = 0
    // Each name of a hard-linked file has all of its bytes, which ncdu counts once.
    const seen = new Set<number>()
    const add = (item: unknown): void => {
      if (Array.isArray(item)) {
        for (const part of item) add(part)
        return
      }
      const { dsize = 0, ino } = item as { dsize?: number; ino?: number }
      if (ino === undefined || !seen.has(ino)) sum += dsize
      if (ino !== undefined) seen.add(ino)
    }
    add(ncdu[3])
    expect(sum).toBe(statSync(path!).size)
    expect(JSON.stringify(ncdu)).toContain(`"[${name}]"`)
  })

  it('stands in a saved report, and a report without it is read too', () => {
    const { SIF } = containers(store)
    const saved = join(work, 'saved.json')
    expect(isoscope([SIF!, '-o', saved]).code).toBe(0)
    const again = isoscope([saved])
    expect(again.stdout.toString()).toContain('SIF, squashfs at offset 0x9000: zstd (level 19), 1 MiB blocks')
    expect(again.stdout.toString()).toContain('[SIF definition file]')
    expect(again.stdout.toString()).toBe(isoscope([SIF!]).stdout.toString())
  })
})

describe('an AppImage whose program is damaged', () => {
  it.each([40, 58, 60])('is read where a search finds its squashfs: field at %d', (field) => {
    const runtime = writeElf({
      appImageType: 2,
      set: [[field, field === 40 ? 8 : 2, field === 40 ? 2n ** 60n : 0x7ffen]],
    })
    const path = put(`damaged-${field}.AppImage`, runtime, squashfs)
    const { around } = reportOn(path, 2)
    expect(around).toEqual([`${runtime.length} structure AppImage runtime`])
    const { code, stdout, stderr } = isoscope(['ls', '-R', path])
    expect(stderr).toMatch(
      /ELF header at 0x0: the program of this AppImage does not end where its squashfs begins; found/,
    )
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(code).toBe(2)
    const plain = put('plain.squashfs', squashfs)
    expect(stdout.equals(isoscope(['ls', '-R', plain]).stdout)).toBe(true)
    const [ours, theirs] = [path, plain].map((file) => isoscope(['cat', file, '/docs/long.txt']).stdout)
    expect(ours!.equals(theirs!)).toBe(true)
  })
})

describe('a file in which no squashfs is where it is to be', () => {
  it.each<[string, () => Uint8Array[], RegExp]>([
    [
      'cut.AppImage',
      () => [writeElf({ appImageType: 2 }).subarray(0, 400)],
      /an AppImage that is cut short: its squashfs begins at 0x22c, but the file has only 400 bytes/,
    ],
    ['only.AppImage', () => [writeElf({ appImageType: 2 })], /an AppImage that is cut short/],
    [
      'dwarfs.AppImage',
      () => [writeElf({ appImageType: 2 }), Buffer.from('DWARFS\x02\x05').subarray(0), new Uint8Array(9000)],
      /an AppImage that has a DwarFS file system at 0x22c/,
    ],
    ['far.AppImage', () => [writeElf({ appImageType: 2, set: [[40, 8, 2n ** 60n]] })], /cut short/],
    ['program', () => [writeElf(), Buffer.alloc(9000, 'hsqs')], /this is an ELF program; it has no files/],
    [
      'ext3.sif',
      () => [writeSif([{ type: PARTITION, bytes: Buffer.alloc(9), fileSystem: 2, partition: 2 }])],
      /Singularity container \(SIF\) whose partition at 0x8000 holds ext3; apptainer exec \S*ext3\.sif ls/,
    ],
    [
      'overlay.sif',
      () => [
        writeSif([
          { type: PARTITION, bytes: Buffer.alloc(9), fileSystem: 5, partition: 2 },
          { type: PARTITION, bytes: squashfs, fileSystem: 1, partition: 4 },
        ]),
      ],
      /whose partition at 0x8000 holds an encrypted squashfs/,
    ],
    [
      'elsewhere.sif',
      () => [writeSif([{ ...partition(squashfs), offset: 2 ** 61 }])],
      /without a squashfs at 0x2000000000000000, where its descriptor places one/,
    ],
    [
      'many.sif',
      () => [writeSif([], { total: 2 ** 31 }), new Uint8Array(5 << 20)],
      /Singularity container \(SIF\) in which we found no squashfs/,
    ],
  ])('%s', (name, parts, sentence) => {
    const { code, stdout, stderr } = isoscope([put(name, ...parts())])
    expect(stderr).toMatch(sentence)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect({ code, stdout: stdout.toString() }).toEqual({ code: 2, stdout: '' })
  })
})

it('an image in a container: what its contents lack is said, as of an image alone', () => {
  const { code, stderr } = isoscope([join(IMAGES, '../failures/found-868d3b95.img'), '--json', '--no-cache'])
  expect(stderr).toMatch(/fragment 0 at 0x10101 \(0x10355 of the outer file\): it does not lie in the file/)
  expect(code).toBe(2)
})

describe('the application that a file is a package of', () => {
  const MANIFEST = `[update]\ncompatible=${'A long name of a board '.repeat(8)}\nversion=2026.11\n[bundle]\nformat=verity\n`
  const images = Array.from({ length: 9 }, (_, index) => `[image.slot${index}]\nfilename=${index}.img\nsize=5000\n`)
  const bundle = (): string =>
    put('board.raucb', bundleOf(squashfs, { signature: signedMessage(MANIFEST + images.join('')), tree: 4096 }))
  const snap = (): string =>
    put(
      'hello.snap',
      squashfsOf({ 'meta/snap.yaml': 'name: hello\nversion: 2.10\nbase: core20\narchitectures: [amd64]\n' }),
    )

  it('is in the head of the report, in lines that fit a narrow terminal', () => {
    const said = isoscope([snap()]).stdout.toString().split('\n')
    expect(said[1]).toBe('snap hello 2.10 · app · on core20 · amd64')
    const page = isoscope(['html', snap(), '-o', '-']).stdout.toString()
    const data = gunzipSync(Buffer.from(/<script[^>]*id="data"[^>]*>([^<]*)</.exec(page)![1]!, 'base64')).toString()
    expect(data).toContain('"facts":["snap hello 2.10","app","on core20","amd64",')
    const narrow = { isTTY: true, columns: 60, rows: 200 } as const
    const { stdout } = isoscope([bundle()], { NO_COLOR: '1' }, undefined, narrow)
    const lines = stdout.toString().split('\n')
    expect(lines.filter((line) => line.length > 60)).toEqual([])
    const text = stdout.toString().replace(/\s+/g, ' ')
    expect(text).toContain('RAUC bundle A long name of')
    expect(text).toMatch(/format verity · slot0 image of 4.9 KiB · .*slot4 image of 4.9 KiB · and 4 more images/)
  })

  it('is in JSON, in a saved report, and in regions', () => {
    const path = bundle()
    const { report, around } = reportOn(path)
    expect(report.image).toMatchObject({
      container: 'RAUC bundle',
      application: { version: '2026.11', format: 'verity' },
    })
    expect(around).toEqual([
      '4096 structure RAUC hash tree (dm-verity)',
      '8 structure RAUC signature size',
      expect.stringMatching(/^\d+ structure RAUC signature \(CMS\)$/),
    ])
    const saved = join(work, 'board.json')
    isoscope([path, '-o', saved])
    expect(isoscope([saved]).stdout.toString()).toBe(isoscope([path]).stdout.toString())
    expect(isoscope([path, '--by', 'region']).stdout.toString()).toContain('RAUC hash tree (dm-verity)')
  })

  it('is what a bill of materials is about, with packages or without', async () => {
    const bill = (path: string): CycloneDx => JSON.parse(isoscope(['sbom', path]).stdout.toString()) as CycloneDx
    const bare = bill(snap())
    expect(bare.metadata.component).toMatchObject({ type: 'application', name: 'hello', version: '2.10' })
    expect(bare.components).toEqual([])
    expect(await cyclonedxFlaws(JSON.stringify(bare))).toEqual([])
    const spdx = isoscope(['sbom', snap(), '-f', 'spdx']).stdout.toString()
    expect(spdxFlaws(spdx)).toEqual([])
    expect((JSON.parse(spdx) as SpdxDocument).packages[0]).toMatchObject({
      name: 'hello',
      versionInfo: '2.10',
      packageFileName: 'hello.snap',
      primaryPackagePurpose: 'APPLICATION',
    })
    const labels = Buffer.from('{"org.opencontainers.image.title":"tool","org.opencontainers.image.version":"3"}')
    const sif = put('store.sif', writeSif([{ type: LABELS, bytes: labels }, partition(store)]))
    const full = bill(sif)
    expect(full.metadata.component).toMatchObject({ type: 'container', name: 'tool', version: '3' })
    expect(full.components.length).toBeGreaterThan(10)
    // Without a name there is nothing to write a bill of.
    expect(isoscope(['sbom', put('plain.AppImage', writeElf({ appImageType: 2 }), squashfs)])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/there are no store paths and no packages in it\n$/) as string,
    })
  })
})
