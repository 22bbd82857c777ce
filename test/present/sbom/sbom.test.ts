import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { bytesSource } from '../../../parsers/bytes/source.ts'
import { report } from '../../../src/analyses/report.ts'
import { type Sbom, sbom } from '../../../src/analyses/sbom.ts'
import { openSource } from '../../../src/images/open-image.ts'
import { type Inventory, takeInventoryOf } from '../../../src/inventory/take-inventory.ts'
import { readInventory } from '../../../src/present/json/read-report.ts'
import { reportJson } from '../../../src/present/json/report.ts'
import { cyclonedx } from '../../../src/present/sbom/cyclonedx.ts'
import { spdx } from '../../../src/present/sbom/spdx.ts'
import { discOf } from '../../owners/disc.ts'
import { SMALL_DEBIAN } from '../../owners/dpkg/small-debian.ts'
import { SMALL_FEDORA } from '../../owners/rpm/small-fedora.ts'
import { type Content, squashfsOf } from '../../parsers/squashfs/writer.ts'
import { type CycloneDx, cyclonedxFlaws } from './cyclonedx-flaws.ts'
import { type SpdxDocument, spdxFlaws } from './spdx-rules.ts'

const FACTS = { name: 'debian.squashfs', version: '1.2.3', sha256: 'ab'.repeat(32) }

const STORE_PATH = '0123456789abcdfghijklmnpqrsvwxyz-hello-2.12-dev'
const NAR_HASH = '12'.repeat(32)

const FILES: Readonly<Record<string, Content>> = {
  ...SMALL_DEBIAN,
  'usr/lib/os-release': 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n',
  // One more package has no files, and comes from a source package of another name and version.
  'var/lib/dpkg/status': `${SMALL_DEBIAN['var/lib/dpkg/status']}
Package: meta
Status: install ok installed
Version: 1
Architecture: all
Depends: vim
Source: meta-source (0.9)
`,
  [`nix/store/${STORE_PATH}/bin/hello`]: 'hello'.repeat(100),
  'nix-path-registration': `/nix/store/${STORE_PATH}\n${NAR_HASH}\n100\n\n0\n`,
}

const textOf = (pieces: Iterable<string>): string => [...pieces].join('')

const inventory = (): Promise<Inventory> =>
  takeInventoryOf(openSource(bytesSource(squashfsOf(FILES), 'debian.squashfs')))

describe('the bill of materials of packages beside a store path', () => {
  let materials: Sbom
  let bom: CycloneDx
  let document: SpdxDocument
  beforeAll(async () => {
    materials = sbom(await inventory())
    bom = JSON.parse(textOf(cyclonedx(materials, FACTS))) as CycloneDx
    document = JSON.parse(textOf(spdx(materials, FACTS))) as SpdxDocument
  })

  it.each(['cdx', 'spdx'])('is what fixtures/expected shows: sbom-debian.%s.json', (format) => {
    // What an image takes depends on the zlib of Node.
    const sized: Sbom = {
      ...materials,
      image: { ...materials.image, size: 4096 },
      components: materials.components.map((component, at) => ({ ...component, own: at * 10, retained: at * 20 })),
    }
    const text = textOf(format === 'cdx' ? cyclonedx(sized, FACTS) : spdx(sized, FACTS))
    const path = fileURLToPath(new URL(`../../../fixtures/expected/sbom-debian.${format}.json`, import.meta.url))
    if (process.env['UPDATE_EXPECTED'] === '1') writeFileSync(path, text)
    expect(text).toBe(readFileSync(path, 'utf8'))
  })

  it('has a component for each that is installed, with or without files, but not for what is left over', () => {
    expect(materials.components.map(({ key }) => key)).toEqual([
      STORE_PATH,
      'dpkg:bash:amd64=5.2.15-2',
      'dpkg:libc6:amd64=2.36-9',
      'dpkg:libc6:i386=2.36-9',
      'dpkg:libtinfo6:amd64=6.4-4',
      'dpkg:linux-perf:amd64=6.1.1',
      'dpkg:meta:all=1',
      'dpkg:perf-wrapper:all=1',
      'dpkg:vim:amd64=2:9.0.1378-2',
    ])
  })

  it('names packages as purl-spec does, with the distribution and the source package', () => {
    expect(materials.components.map(({ purl }) => purl)).toEqual([
      'pkg:nix/hello@2.12?hash=0123456789abcdfghijklmnpqrsvwxyz&output=dev',
      'pkg:deb/debian/bash@5.2.15-2?arch=amd64&distro=debian-12',
      'pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12',
      'pkg:deb/debian/libc6@2.36-9?arch=i386&distro=debian-12',
      'pkg:deb/debian/libtinfo6@6.4-4?arch=amd64&distro=debian-12&upstream=ncurses',
      'pkg:deb/debian/linux-perf@6.1.1?arch=amd64&distro=debian-12',
      'pkg:deb/debian/meta@1?arch=all&distro=debian-12&upstream=meta-source%400.9',
      'pkg:deb/debian/perf-wrapper@1?arch=all&distro=debian-12',
      'pkg:deb/debian/vim@2:9.0.1378-2?arch=amd64&distro=debian-12',
    ])
  })

  it('has what packages need, and what a user selected', () => {
    const dependencies = Object.fromEntries(bom.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]))
    expect(dependencies).toEqual({
      image: [
        `/nix/store/${STORE_PATH}`,
        'dpkg:bash:amd64=5.2.15-2',
        'dpkg:libc6:i386=2.36-9',
        'dpkg:meta:all=1',
        'dpkg:perf-wrapper:all=1',
        'dpkg:vim:amd64=2:9.0.1378-2',
      ],
      [`/nix/store/${STORE_PATH}`]: [],
      'dpkg:bash:amd64=5.2.15-2': ['dpkg:libc6:amd64=2.36-9', 'dpkg:libtinfo6:amd64=6.4-4'],
      'dpkg:libc6:amd64=2.36-9': [],
      'dpkg:libc6:i386=2.36-9': [],
      'dpkg:libtinfo6:amd64=6.4-4': ['dpkg:libc6:amd64=2.36-9'],
      'dpkg:linux-perf:amd64=6.1.1': ['dpkg:libc6:amd64=2.36-9'],
      'dpkg:meta:all=1': ['dpkg:vim:amd64=2:9.0.1378-2'],
      'dpkg:perf-wrapper:all=1': ['dpkg:vim:amd64=2:9.0.1378-2'],
      // It only recommends linux-perf.
      'dpkg:vim:amd64=2:9.0.1378-2': ['dpkg:libc6:amd64=2.36-9', 'dpkg:libtinfo6:amd64=6.4-4'],
    })
    const lines = document.relationships.map((one) =>
      [one.spdxElementId, one.relationshipType, one.relatedSpdxElement].join(' ').replaceAll('SPDXRef-', ''),
    )
    expect(lines.filter((line) => line.includes('OPTIONAL'))).toEqual([
      'Package-dpkg-linux-perf-amd64-6.1.1 OPTIONAL_DEPENDENCY_OF Package-dpkg-vim-amd64-2-9.0.1378-2',
    ])
    expect(lines.filter((line) => line.startsWith('Image CONTAINS '))).toEqual([
      'Image CONTAINS OperatingSystem',
      `Image CONTAINS Package-${STORE_PATH}`,
    ])
    expect(lines.filter((line) => line.startsWith('OperatingSystem CONTAINS Package-dpkg-'))).toHaveLength(8)
    const edges = bom.dependencies.reduce((sum, { dependsOn }) => sum + dependsOn.length, 0)
    expect(lines.filter((line) => line.includes(' DEPENDS_ON '))).toHaveLength(edges)
  })

  it('names the image, the distribution, and the hash of the NAR', () => {
    expect(bom.metadata.component).toMatchObject({
      name: 'debian.squashfs',
      hashes: [{ alg: 'SHA-256', content: FACTS.sha256 }],
    })
    expect(bom.components[0]).toMatchObject({ type: 'operating-system', name: 'debian', version: '12' })
    expect(bom.components[1]).toMatchObject({
      type: 'library',
      name: 'hello',
      version: '2.12',
      hashes: [{ alg: 'SHA-256', content: NAR_HASH }],
      evidence: { occurrences: [{ location: `/nix/store/${STORE_PATH}` }] },
    })
  })

  it('is valid CycloneDX 1.6, by its official schema', async () => {
    const text = textOf(cyclonedx(materials, FACTS))
    expect(await cyclonedxFlaws(text)).toEqual([])
    expect(await cyclonedxFlaws(text.replace('"operating-system"', '"floppy"'))).not.toEqual([])
    expect(await cyclonedxFlaws(text.replace('"dependsOn":["dpkg:vim', '"dependsOn":["dpkg:vi'))).not.toEqual([])
  })

  it('keeps to the rules of SPDX 2.3', () => {
    const text = textOf(spdx(materials, FACTS))
    expect(spdxFlaws(text)).toEqual([])
    expect(spdxFlaws(text.replace('"SPDXRef-Package-dpkg-bash', '"SPDXRef-Package+dpkg-bash'))).not.toEqual([])
    expect(spdxFlaws(text.replace('"SPDXRef-Package-dpkg-bash', '"SPDXRef-Package-dpkg-bosh'))).not.toEqual([])
    expect(spdxFlaws(text.replace('DESCRIBES', 'CONTAINS'))).not.toEqual([])
  })

  it('is the same after a saved report was read', async () => {
    const taken = await inventory()
    const json = textOf(reportJson(report(taken), taken))
    expect(sbom(await readInventory(json))).toEqual(materials)
  })

  it('has another serial number when anything else differs, and none of its own otherwise', () => {
    const serials = [FACTS, FACTS, { ...FACTS, version: '1.2.4' }].map(
      (facts) => (JSON.parse(textOf(cyclonedx(materials, facts))) as CycloneDx).serialNumber,
    )
    expect(serials[0]).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(serials[1]).toBe(serials[0])
    expect(serials[2]).not.toBe(serials[0])
  })
})

describe('the bill of materials of two distributions on one disc', () => {
  const system = (id: string, version: string): Uint8Array =>
    squashfsOf({
      'usr/lib/os-release': `ID=${id}\nVERSION_ID=${version}\n`,
      'usr/bin/tool': `of ${id}`.repeat(100),
      'var/lib/dpkg/status': `Package: tool\nStatus: install ok installed\nVersion: ${version}-1\nArchitecture: all\n`,
      'var/lib/dpkg/info/tool.list': '/usr/bin/tool\n',
    })
  const materials = async (): Promise<Sbom> =>
    sbom(
      await takeInventoryOf(discOf({ 'a.squashfs': system('debian', '12'), 'b.squashfs': system('ubuntu', '24.04') })),
    )
  const [debian, ubuntu] = [
    'pkg:deb/debian/tool@12-1?arch=all&distro=debian-12',
    'pkg:deb/ubuntu/tool@24.04-1?arch=all&distro=ubuntu-24.04',
  ]

  it('names the one that each package is of', async () => {
    const found = await materials()
    expect(found.components.map(({ purl }) => purl)).toEqual([debian, ubuntu])
    const bom = textOf(cyclonedx(found, FACTS))
    expect(await cyclonedxFlaws(bom)).toEqual([])
    const systems = (JSON.parse(bom) as CycloneDx).components.filter(({ type }) => type === 'operating-system')
    expect(systems.map(({ name, version }) => [name, version])).toEqual([
      ['debian', '12'],
      ['ubuntu', '24.04'],
    ])
  })

  it('has each package in its system, in SPDX', async () => {
    const text = textOf(spdx(await materials(), FACTS))
    expect(spdxFlaws(text)).toEqual([])
    const { packages, relationships } = JSON.parse(text) as SpdxDocument
    const idOf = (purl: string): string =>
      packages.find(({ externalRefs }) => externalRefs?.some((one) => one.referenceLocator === purl))!.SPDXID
    const holders = [debian, ubuntu].map((purl) =>
      relationships
        .filter((one) => one.relationshipType === 'CONTAINS' && one.relatedSpdxElement === idOf(purl))
        .map(({ spdxElementId }) => spdxElementId),
    )
    expect(holders).toEqual([['SPDXRef-OperatingSystem'], ['SPDXRef-OperatingSystem-2']])
  })
})

it('names the packages of a database that rpm made, with epochs and files of source packages', async () => {
  const files = { ...SMALL_FEDORA, 'etc/os-release': 'ID=fedora\nVERSION_ID=40\n' }
  const fedora = sbom(await takeInventoryOf(openSource(bytesSource(squashfsOf(files), 'fedora.squashfs'))))
  const names = ['docs', 'filesystem', 'libsmall-compat', 'libsmall', 'manuals', 'scripts', 'shell', 'tool']
  const rest = (name: string): string => {
    const isBinary = name === 'tool' || name.startsWith('lib')
    const [version, epoch] = name === 'libsmall' ? ['1.0-1', 0] : ['1.5~rc1-3.small', 2]
    const architecture = isBinary ? 'x86_64' : 'noarch'
    return `@${version}?arch=${architecture}&distro=fedora-40&epoch=${epoch}&upstream=tool-1.5~rc1-3.small.src.rpm`
  }
  expect(fedora.components.map(({ purl }) => purl)).toEqual(names.map((name) => `pkg:rpm/fedora/${name}${rest(name)}`))
  expect(spdxFlaws(textOf(spdx(fedora, FACTS)))).toEqual([])
})

it('tells apart keys that become one identifier in SPDX', () => {
  const component = (key: string) => ({
    key,
    path: key,
    name: key,
    version: '1',
    isStorePath: false,
    places: [],
    own: 0,
    unpacked: 0,
    needs: [],
    recommends: [],
  })
  const image = {
    name: 'x',
    size: 1,
    format: 'squashfs',
    volumeId: null,
    label: null,
    squashfs: [],
    owners: 2,
    packages: 2,
  } as const
  const materials: Sbom = {
    image: { ...image, complete: true },
    systems: [],
    components: [component('dpkg:a+:=1'), component('dpkg:a-:=1'), component('dpkg:a.:=1')],
    roots: [],
  }
  const text = textOf(spdx(materials, { name: 'x', version: '1' }))
  expect(spdxFlaws(text)).toEqual([])
  expect((JSON.parse(text) as SpdxDocument).packages.map(({ SPDXID }) => SPDXID)).toEqual([
    'SPDXRef-Image',
    'SPDXRef-Package-dpkg-a---1',
    'SPDXRef-Package-dpkg-a---1-2',
    'SPDXRef-Package-dpkg-a.--1',
  ])
})
