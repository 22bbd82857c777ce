import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import type { Sbom, SbomComponent } from '../../analyses/sbom.ts'
import type { ImageSummary } from '../../inventory/image-summary.ts'
import type { OperatingSystem } from '../../inventory/operating-system.ts'
import { jsonRows, jsonText } from '../json/json-text.ts'
import { printable, printableText } from '../text/printable.ts'
import { APPLICATION_PURPOSE } from './application-purpose.ts'
import { documentUuid } from './document-uuid.ts'
import type { SbomFacts } from './sbom-facts.ts'

const DOCUMENT = 'SPDXRef-DOCUMENT'
const IMAGE = 'SPDXRef-Image'

/** SPDX demands a time stamp. This one is in all documents, so that the document of one image is always the same. */
const CREATED = '1970-01-01T00:00:00Z'

interface Relationship {
  readonly spdxElementId: string
  readonly relationshipType: 'DESCRIBES' | 'CONTAINS' | 'DEPENDS_ON' | 'OPTIONAL_DEPENDENCY_OF'
  readonly relatedSpdxElement: string
}

/** A bill of materials as SPDX 2.3 in JSON. */
export function* spdx(sbom: Sbom, facts: SbomFacts): Generator<string> {
  const { image, systems, components } = sbom
  const idOf = identifiers(components)
  const body = [
    `"packages":[`,
    ...jsonRows(
      [imagePackage(image, facts), ...systems.map(systemPackage), ...components.map((one) => packageOf(one, idOf))],
      (one) => one,
    ),
    '],\n"relationships":[',
    ...jsonRows([...relationships(sbom, idOf)], (relationship) => relationship),
    ']}\n',
  ]
  const head = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: DOCUMENT,
    name: printableText(facts.name),
    documentNamespace: `urn:uuid:${documentUuid(body)}`,
    creationInfo: {
      created: CREATED,
      creators: [`Tool: isoscope-${facts.version}`],
      comment: 'The time is left out, so that the document of one image is always the same.',
    },
  }
  yield `${jsonText(head).slice(0, -1)},\n`
  yield* body
}

function imagePackage({ application }: ImageSummary, { name, sha256 }: SbomFacts): object {
  // An application without a name is known by its file.
  const named = application?.name === undefined ? undefined : application
  return {
    SPDXID: IMAGE,
    name: printableText(named?.name ?? name),
    ...(named?.version === undefined ? {} : { versionInfo: printableText(named.version) }),
    packageFileName: printableText(name),
    ...NOTHING_KNOWN,
    primaryPackagePurpose: named === undefined ? 'FILE' : APPLICATION_PURPOSE[named.kind].spdx,
    ...(sha256 === undefined ? {} : { checksums: [{ algorithm: 'SHA256', checksumValue: sha256 }] }),
  }
}

function systemPackage({ id, versionId, name }: OperatingSystem, at: number): object {
  return {
    SPDXID: systemId(at),
    name: id,
    ...(versionId === undefined ? {} : { versionInfo: versionId }),
    ...NOTHING_KNOWN,
    primaryPackagePurpose: 'OPERATING_SYSTEM',
    description: name,
  }
}

/** @param at the number of an operating system */
function systemId(at: number): string {
  return at === 0 ? 'SPDXRef-OperatingSystem' : `SPDXRef-OperatingSystem-${at + 1}`
}

function packageOf(component: SbomComponent, idOf: Identifiers): object {
  const { key, path, name, version, purl, narHash, isStorePath, places } = component
  return {
    SPDXID: idOf(key),
    name: printable(name),
    ...(version === '' ? {} : { versionInfo: printable(version) }),
    ...(isStorePath ? { packageFileName: printable(path) } : {}),
    ...NOTHING_KNOWN,
    primaryPackagePurpose: isStorePath && purl === undefined ? 'FILE' : 'LIBRARY',
    ...(places.length === 0 ? {} : { sourceInfo: `found in ${places.map(printable).join(', ')}` }),
    ...(narHash === undefined
      ? {}
      : {
          checksums: [{ algorithm: 'SHA256', checksumValue: narHash }],
          comment: 'The checksum is that of the NAR of the store path.',
        }),
    ...(purl === undefined
      ? {}
      : {
          externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl }],
        }),
  }
}

/** An image does not say where packages come from, and this document does not list their files. */
const NOTHING_KNOWN = { downloadLocation: 'NOASSERTION', filesAnalyzed: false } as const

function* relationships({ systems, components, roots }: Sbom, idOf: Identifiers): Generator<Relationship> {
  yield { spdxElementId: DOCUMENT, relationshipType: 'DESCRIBES', relatedSpdxElement: IMAGE }
  for (const at of systems.keys()) {
    yield { spdxElementId: IMAGE, relationshipType: 'CONTAINS', relatedSpdxElement: systemId(at) }
  }
  for (const { key, system } of components) {
    // Trivy reads the packages of a distribution from what the operating system contains.
    const container = system === undefined ? IMAGE : systemId(system)
    yield { spdxElementId: container, relationshipType: 'CONTAINS', relatedSpdxElement: idOf(key) }
  }
  for (const key of roots) {
    yield { spdxElementId: IMAGE, relationshipType: 'DEPENDS_ON', relatedSpdxElement: idOf(key) }
  }
  for (const { key, needs, recommends } of components) {
    for (const other of needs) {
      yield { spdxElementId: idOf(key), relationshipType: 'DEPENDS_ON', relatedSpdxElement: idOf(other) }
    }
    for (const other of recommends) {
      yield { spdxElementId: idOf(other), relationshipType: 'OPTIONAL_DEPENDENCY_OF', relatedSpdxElement: idOf(key) }
    }
  }
}

/** The identifier of the component with a key. */
type Identifiers = (key: ByteString) => string

/** Identifiers may have letters, digits, dots and dashes (SPDX 2.3, 7.2). Keys that become equal get a number. */
function identifiers(components: readonly SbomComponent[]): Identifiers {
  const used = new Set<string>()
  const found = new Map<ByteString, string>()
  for (const { key } of components) {
    const plain = `SPDXRef-Package-${key.replace(/[^A-Za-z0-9.-]/g, '-')}`
    let id = plain
    for (let number = 2; used.has(id); number += 1) id = `${plain}-${number}`
    used.add(id)
    found.set(key, id)
  }
  return (key) => found.get(key)!
}
