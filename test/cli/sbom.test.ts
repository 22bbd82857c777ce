import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CycloneDx, cyclonedxFlaws } from '../present/sbom/cyclonedx-flaws.ts'
import { type SpdxDocument, spdxFlaws } from '../present/sbom/spdx-rules.ts'
import { IMAGES, isoscope } from './run.ts'

let work = ''
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'isoscope-sbom-'))
})
afterAll(() => rmSync(work, { recursive: true, force: true }))

/** What a command line writes, which must succeed. */
function written(...args: readonly string[]): string {
  const { code, stdout, stderr } = isoscope(['sbom', ...args])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout.toString()
}

describe('isoscope sbom', () => {
  it.each(['cyclonedx', 'spdx'])('writes the same twice, from the cache or anew: %s', (format) => {
    const text = written('mini-slim.iso', '-f', format)
    expect(written('mini-slim.iso', '-f', format)).toBe(text)
    const cached = { XDG_CACHE_HOME: work }
    for (const _ of ['fills the cache', 'reads it']) {
      expect(isoscope(['sbom', 'mini-slim.iso', '-f', format], cached).stdout.toString()).toBe(text)
    }
  })

  it('has every store path, its hash and its references as the report has them', async () => {
    const text = written('mini.iso')
    expect(await cyclonedxFlaws(text)).toEqual([])
    const { components: all, dependencies, metadata } = JSON.parse(text) as CycloneDx
    const components = all.filter(({ type }) => type !== 'operating-system')
    const { storePaths, roots } = JSON.parse(isoscope(['mini.iso', '--json']).stdout.toString()) as {
      storePaths: { path: string; narHash: string; references: string[] }[]
      roots: { path: string }[]
    }
    const facts = new Map(storePaths.map((one) => [one.path, one]))
    expect(components).toHaveLength(facts.size)
    for (const component of components) {
      const { narHash } = facts.get(component['bom-ref'])!
      expect(component.hashes).toEqual([{ alg: 'SHA-256', content: narHash }])
    }
    const needs = storePaths.map(
      ({ path, references }) => [path, references.filter((other) => other !== path)] as const,
    )
    const wanted = new Map([['image', roots.map(({ path }) => path)], ...needs])
    expect(new Map(dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]))).toEqual(wanted)
    const sha256 = createHash('sha256')
      .update(readFileSync(join(IMAGES, 'mini.iso')))
      .digest('hex')
    expect(metadata.component.hashes).toEqual([{ alg: 'SHA-256', content: sha256 }])
  })

  it('has no package URL for what the configuration made', () => {
    const { components } = JSON.parse(written('mini.iso')) as CycloneDx
    const types = new Map(components.map(({ name, type, purl }) => [name, [type, purl?.slice(0, 8)]]))
    expect(types.get('perl')).toEqual(['library', 'pkg:nix/'])
    expect(types.get('system-path')).toEqual(['file', undefined])
  })

  it('keeps to the rules of SPDX, with a package for each component of CycloneDX', () => {
    const text = written('mini.iso', '-f', 'spdx')
    expect(spdxFlaws(text)).toEqual([])
    const { packages } = JSON.parse(text) as SpdxDocument
    const { components } = JSON.parse(written('mini.iso')) as CycloneDx
    const purls = packages.flatMap(({ externalRefs = [] }) => externalRefs.map((one) => one.referenceLocator))
    expect(packages).toHaveLength(components.length + 1)
    expect(purls).toEqual(components.flatMap(({ purl }) => purl ?? []))
  })

  it('answers from a saved report, which lacks only the hash of the image', () => {
    const saved = join(work, 'mini.json.gz')
    isoscope(['mini.iso', '-o', saved])
    const [fromReport, fromImage] = [saved, 'mini.iso'].map((image) => JSON.parse(written(image)) as CycloneDx)
    expect(fromReport!.metadata.component).not.toHaveProperty('hashes')
    expect({ ...fromReport, serialNumber: '', metadata: {} }).toEqual({ ...fromImage, serialNumber: '', metadata: {} })
  })

  it('goes to a file, compressed if its name says so', () => {
    const path = join(work, 'mini.cdx.json.gz')
    expect(written('mini.iso', '-o', path)).toBe('')
    expect(gunzipSync(readFileSync(path)).toString()).toBe(written('mini.iso'))
  })

  it.each([
    [['x.spdx.json'], 'SPDX-2.3'],
    [['x.spdx'], 'SPDX-2.3'],
    [['x.cdx.json'], undefined],
    [['x.json'], undefined],
    [['x.spdx.json', '-f', 'cyclonedx'], undefined],
    [['x.json', '-f', 'spdx'], 'SPDX-2.3'],
  ])('has the format that its name says, or the user: %j', ([name, ...format], version) => {
    const path = join(work, name!)
    expect(written('mini-slim.iso', '-o', path, ...format)).toBe('')
    expect((JSON.parse(readFileSync(path, 'utf8')) as { spdxVersion?: string }).spdxVersion).toBe(version)
  })

  it('is of an image inside, too', () => {
    const { metadata, components } = JSON.parse(written('mini.iso', '--in', 'nix-store.squashfs')) as CycloneDx
    expect(metadata.component.name).toBe('nix-store.squashfs in mini.iso')
    expect(components.length).toBeGreaterThan(10)
  })

  it('is refused for an image without packages, and for a report without references', () => {
    expect(isoscope(['sbom', 'plain.iso'])).toMatchObject({
      code: 2,
      stderr: 'isoscope: plain.iso: there are no store paths and no packages in it\n',
    })
    const saved = join(work, 'none.json')
    isoscope(['mini.iso', '--references', 'none', '-o', saved])
    expect(isoscope(['sbom', saved]).stderr).toMatch(/was saved without references; save it with them$/m)
  })
})
