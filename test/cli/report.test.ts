import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { readReport } from '../../src/present/json/read-report.ts'
import { IMAGES, isoscope } from './run.ts'

interface ReportJson {
  readonly image: { readonly size: number; readonly storePathCount: number; readonly label: string | null }
  readonly regions: readonly { readonly own: number }[]
  readonly accounts: readonly {
    readonly kind: string
    readonly own: number
    readonly region: string
    readonly name?: string
  }[]
  readonly storePaths: readonly {
    readonly path: string
    readonly pname: string
    readonly own: number
    readonly ownByRegion: Readonly<Record<string, number>>
  }[]
  readonly warnings: readonly unknown[]
}

const images = readdirSync(IMAGES).filter((name) => /\.(iso|squashfs)$/.test(name))
const schema = JSON.parse(readFileSync(new URL('../../schemas/report.json', import.meta.url), 'utf8')) as object
const validate = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false, strictTuples: false }).compile(
  schema,
)

function reportOf(...args: string[]): ReportJson {
  const { code, stdout, stderr } = isoscope([...args, '--json'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout.toString()) as ReportJson
}

const sum = (rows: readonly { readonly own: number }[]): number => rows.reduce((total, row) => total + row.own, 0)

describe('report --json', () => {
  it('has fixtures to run on', () => {
    expect(images.length).toBeGreaterThan(12)
  })

  it.each(images)('%s: fits the published schema, and accounts and regions add up to the file', (name) => {
    const report = reportOf(name)
    expect(validate(report), JSON.stringify(validate.errors)).toBe(true)
    const { size } = statSync(join(IMAGES, name))
    expect(report.image.size).toBe(size)
    expect(sum(report.accounts)).toBe(size)
    expect(sum(report.regions)).toBe(size)
    expect(report.accounts.filter(({ kind }) => kind === 'overlap' || kind === 'unreadable')).toEqual([])
  })

  it('finds the store paths of the registration, and no others', () => {
    for (const [name, count] of [
      ['mini.iso', 47],
      ['mini-slim.iso', 33],
    ] as const) {
      const registration = isoscope(['cat', name, '/nix-store.squashfs/nix-path-registration']).stdout.toString()
      const registered = new Set(registration.match(/^\/nix\/store\/\S+$/gm))
      const report = reportOf(name)
      expect(new Set(report.storePaths.map(({ path }) => path))).toEqual(registered)
      expect(report.image.storePathCount).toBe(count)
    }
  })

  it('has one row for a kernel that lies in /boot and in the squashfs, and an account in each', () => {
    const { accounts, storePaths } = reportOf('mini.iso')
    const kernel = storePaths.filter(({ pname, path }) => pname === 'linux' && !path.endsWith('-modules'))
    expect(kernel).toHaveLength(1)
    const { ownByRegion, own } = kernel[0]!
    expect(Object.keys(ownByRegion).sort()).toEqual(['/boot', '/nix-store.squashfs'])
    expect(ownByRegion['/boot']! + ownByRegion['/nix-store.squashfs']!).toBe(own)
    expect(accounts.filter((account) => 'storePath' in account && account.storePath === kernel[0]!.path)).toHaveLength(
      2,
    )
    expect(isoscope(['mini.iso']).stdout.toString()).toMatch(/Paid for twice {3}\(by content\)\n.*linux/)
  })

  it('names the structures of an ISO', () => {
    const names = reportOf('mini.iso')
      .accounts.filter(({ kind }) => kind === 'structure')
      .map(({ name }) => name)
    for (const name of [
      'primary volume descriptor',
      'Joliet volume descriptor',
      'boot catalog',
      'directory records',
      'superblock',
    ]) {
      expect(names).toContain(name)
    }
  })
})

describe('report', () => {
  it('is coloured when asked, and then says the same', () => {
    const plain = isoscope(['mini.iso']).stdout.toString()
    const colored = isoscope(['mini.iso', '--color', 'always']).stdout.toString()
    expect(colored).not.toBe(plain)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escapes are what is taken out
    expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(plain)
    expect(isoscope(['mini.iso'], { FORCE_COLOR: '1' }).stdout.toString()).toBe(colored)
    expect(isoscope(['mini.iso'], { FORCE_COLOR: '1', NO_COLOR: '1' }).stdout.toString()).toBe(plain)
    expect(isoscope(['mini.iso', '--color=always'], { NO_COLOR: '1' }).stdout.toString()).toBe(colored)
  })

  it('is read back where it has the first name of the path of an image inside', () => {
    const json = isoscope(['mini.iso', '--json']).stdout.toString()
    const parts = (text: string) => readReport(text).twice
    expect(json).toContain('"imagePath":"/nix-store.squashfs"')
    expect(parts(json.replaceAll('"imagePath":', '"image":'))).toEqual(parts(json))
    expect(() => parts(json.replaceAll('"imagePath":', '"other":'))).toThrow(/paidTwice\S*imagePath is missing/)
  })

  it('draws in ASCII where the locale is not UTF-8', () => {
    const { stdout } = isoscope(['mini.iso'], { LC_ALL: 'C' })
    expect(stdout.toString()).toContain('####')
    expect(stdout.every((byte) => byte < 0x80)).toBe(true)
  })
})

describe('report --by', () => {
  const rowsBy = (by: string) =>
    isoscope(['mini.iso', '--by', by, '-n', '0', '-f', 'ndjson'])
      .stdout.toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string; path: string; pname: string | null; own: number })

  it('package has a row for all store paths of a package', () => {
    // Programs get what is in no store path, too.
    const paths = rowsBy('path').filter(({ kind }) => kind === 'storePath')
    const packages = rowsBy('package').filter(({ kind }) => kind === 'storePath' || kind === 'package')
    const linux = paths.filter(({ path }) => /\/[0-9a-z]{32}-linux-6\.18\.2(-modules)?$/.test(path))
    expect(linux).toHaveLength(2)
    expect(packages.find(({ kind }) => kind === 'package')).toMatchObject({ pname: 'linux', own: sum(linux) })
    expect(sum(packages)).toBe(sum(paths))
    expect(isoscope(['mini.iso', '--by', 'package']).stdout.toString()).toMatch(/ linux 6\.18\.2 \(2 paths\)\n/)
  })

  it.each([
    ['report plain.iso --by package', 'plain.iso: --by package: it has no packages and no store paths'],
    ['html plain.iso --by path', 'plain.iso: --by path: it has no packages and no store paths'],
    ['report mini.iso --by size', "--by: 'size' is none of path, package, directory, file, region"],
  ])('%s is refused', (command, message) => {
    const { code, stderr } = isoscope(command.split(' '))
    expect({ code, stderr }).toEqual({ code: 2, stderr: `isoscope: ${message}\n` })
  })
})
