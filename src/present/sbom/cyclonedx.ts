import type { Sbom, SbomComponent } from '../../analyses/sbom.ts'
import type { ImageSummary } from '../../inventory/image-summary.ts'
import type { OperatingSystem } from '../../inventory/operating-system.ts'
import { jsonRows, jsonText } from '../json/json-text.ts'
import { printable, printableText } from '../text/printable.ts'
import { APPLICATION_PURPOSE } from './application-purpose.ts'
import { documentUuid } from './document-uuid.ts'
import type { SbomFacts } from './sbom-facts.ts'

/** The reference of the image itself. Those of components are their full names. */
const IMAGE = 'image'

/**
 * A bill of materials as CycloneDX 1.6 in JSON. It has no time stamp, and its serial number comes from its text: the
 * document of one image is always the same. What packages only recommend is not in it: CycloneDX has dependencies alone.
 */
export function* cyclonedx({ image, systems, components, roots }: Sbom, facts: SbomFacts): Generator<string> {
  const pathOf = new Map(components.map(({ key, path }) => [key, printable(path)]))
  const refs = (keys: readonly string[]): string[] => keys.map((key) => pathOf.get(key)!)
  const body = [
    `"metadata":${jsonText(metadataOf(image, facts))},\n"components":[`,
    ...jsonRows([...systems.map(systemOf), ...components.map(componentOf)], (component) => component),
    '],\n"dependencies":[',
    ...jsonRows([{ path: IMAGE, needs: roots }, ...components], ({ path, needs }) => ({
      ref: printable(path),
      dependsOn: refs(needs),
    })),
    // Files that belong to no package are in the image, and not in the document.
    `],\n"compositions":${jsonText([{ aggregate: 'incomplete', assemblies: [IMAGE] }])}}\n`,
  ]
  const head = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${documentUuid(body)}`,
    version: 1,
  }
  yield `${jsonText(head).slice(0, -1)},\n`
  yield* body
}

function metadataOf({ size, format, application }: ImageSummary, { name, version, sha256 }: SbomFacts): object {
  // An application without a name is known by its file.
  const named = application?.name === undefined ? undefined : application
  return {
    lifecycles: [{ phase: 'post-build' }],
    tools: { components: [{ type: 'application', name: 'isoscope', version }] },
    component: {
      // For Syft, a component of the type "operating-system" is the distribution itself.
      type: named === undefined ? 'file' : APPLICATION_PURPOSE[named.kind].cyclonedx,
      'bom-ref': IMAGE,
      name: printableText(named?.name ?? name),
      ...(named?.version === undefined ? {} : { version: printableText(named.version) }),
      ...(sha256 === undefined ? {} : { hashes: [{ alg: 'SHA-256', content: sha256 }] }),
      properties: [
        ...(named === undefined ? [] : [property('isoscope:file', printableText(name))]),
        property('isoscope:size', size),
        property('isoscope:format', format),
      ],
    },
  }
}

/** A distribution. Syft and Grype take its id and its version from the first component of this type. */
function systemOf({ id, versionId, name }: OperatingSystem, at: number): object {
  return {
    type: 'operating-system',
    'bom-ref': at === 0 ? 'operating-system' : `operating-system-${at + 1}`,
    name: id,
    ...(versionId === undefined ? {} : { version: versionId }),
    description: name,
  }
}

function componentOf(component: SbomComponent): object {
  const { path, name, version, purl, narHash, isStorePath, places, own, unpacked, retained } = component
  return {
    type: isStorePath && purl === undefined ? 'file' : 'library',
    'bom-ref': printable(path),
    name: printable(name),
    ...(version === '' ? {} : { version: printable(version) }),
    ...(narHash === undefined ? {} : { hashes: [{ alg: 'SHA-256', content: narHash }] }),
    ...(purl === undefined ? {} : { purl }),
    ...(places.length === 0
      ? {}
      : { evidence: { occurrences: places.map((place) => ({ location: printable(place) })) } }),
    properties: [
      // The words of sbomnix. The second one says that the hash is that of a NAR.
      ...(isStorePath ? [property('nix:output_path', printable(path))] : []),
      ...(narHash === undefined ? [] : [property('nix:nar_hash', `sha256:${narHash}`)]),
      property('isoscope:own', own),
      property('isoscope:unpacked', unpacked),
      ...(retained === undefined ? [] : [property('isoscope:retained', retained)]),
    ],
  }
}

function property(name: string, value: string | number): object {
  return { name, value: String(value) }
}
