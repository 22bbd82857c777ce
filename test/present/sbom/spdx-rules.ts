import { Ajv } from 'ajv'

/**
 * What SPDX 2.3 demands of a document, as far as ours use it. No package of the registry has its official schema, so these
 * rules were written from the specification: clauses 6 (the document), 7 (packages), 11 (relationships).
 */
const DOCUMENT = object(
  {
    spdxVersion: { const: 'SPDX-2.3' },
    dataLicense: { const: 'CC0-1.0' },
    SPDXID: { const: 'SPDXRef-DOCUMENT' },
    name: { type: 'string', minLength: 1 },
    // 6.5: an absolute URI without "#".
    documentNamespace: { type: 'string', pattern: '^[a-z][a-z0-9+.-]*:[^#\\s]+$' },
    creationInfo: object(
      {
        created: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$' },
        creators: {
          type: 'array',
          minItems: 1,
          items: { type: 'string', pattern: '^(Tool|Person|Organization): \\S' },
        },
        comment: { type: 'string' },
      },
      ['created', 'creators'],
    ),
    packages: { type: 'array', minItems: 1, items: packageRules() },
    relationships: {
      type: 'array',
      items: object(
        {
          spdxElementId: { $ref: '#/$defs/id' },
          relatedSpdxElement: { $ref: '#/$defs/id' },
          relationshipType: { enum: ['DESCRIBES', 'CONTAINS', 'DEPENDS_ON', 'OPTIONAL_DEPENDENCY_OF'] },
        },
        ['spdxElementId', 'relatedSpdxElement', 'relationshipType'],
      ),
    },
  },
  ['spdxVersion', 'dataLicense', 'SPDXID', 'name', 'documentNamespace', 'creationInfo'],
)

function packageRules(): object {
  return object(
    {
      SPDXID: { $ref: '#/$defs/id' },
      name: { type: 'string', minLength: 1 },
      versionInfo: { type: 'string', minLength: 1 },
      packageFileName: { type: 'string', minLength: 1 },
      // 7.7: a URI, NONE or NOASSERTION. We do not know it.
      downloadLocation: { const: 'NOASSERTION' },
      // 7.8: so there is no verification code, and no file belongs to it.
      filesAnalyzed: { const: false },
      // 7.24, those that we write.
      primaryPackagePurpose: {
        enum: ['OPERATING_SYSTEM', 'FILE', 'LIBRARY', 'APPLICATION', 'CONTAINER', 'FIRMWARE'],
      },
      sourceInfo: { type: 'string' },
      description: { type: 'string' },
      comment: { type: 'string' },
      checksums: {
        type: 'array',
        items: object(
          { algorithm: { const: 'SHA256' }, checksumValue: { type: 'string', pattern: '^[0-9a-f]{64}$' } },
          ['algorithm', 'checksumValue'],
        ),
      },
      externalRefs: {
        type: 'array',
        items: object(
          {
            referenceCategory: { const: 'PACKAGE-MANAGER' },
            referenceType: { const: 'purl' },
            referenceLocator: { type: 'string', pattern: '^pkg:\\S+$' },
          },
          ['referenceCategory', 'referenceType', 'referenceLocator'],
        ),
      },
    },
    ['SPDXID', 'name', 'downloadLocation'],
  )
}

/** An object with these properties and no others. */
function object(properties: object, required: readonly string[]): object {
  return { type: 'object', properties, required, additionalProperties: false }
}

export interface SpdxDocument {
  readonly SPDXID: string
  readonly documentNamespace: string
  readonly packages: readonly {
    readonly SPDXID: string
    readonly name: string
    readonly externalRefs?: readonly { readonly referenceLocator: string }[]
  }[]
  readonly relationships: readonly {
    readonly spdxElementId: string
    readonly relationshipType: string
    readonly relatedSpdxElement: string
  }[]
}

const validate = new Ajv({ strict: true, strictTypes: false }).compile<SpdxDocument>({
  ...DOCUMENT,
  // 7.2: letters, digits, dots and dashes.
  $defs: { id: { type: 'string', pattern: '^SPDXRef-[A-Za-z0-9.-]+$' } },
})

/** What a text breaks of the rules of SPDX 2.3; nothing if it is a sound document. */
export function spdxFlaws(text: string): readonly string[] {
  const document: unknown = JSON.parse(text)
  if (!validate(document)) {
    return validate.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`)
  }
  const { packages, relationships } = document
  const ids = [document.SPDXID, ...packages.map(({ SPDXID }) => SPDXID)]
  const known = new Set(ids)
  const lines = relationships.map((one) => [one.spdxElementId, one.relationshipType, one.relatedSpdxElement].join(' '))
  const described = relationships.filter(({ relationshipType }) => relationshipType === 'DESCRIBES')
  return [
    ...(known.size === ids.length ? [] : ['an identifier is there twice']),
    ...(new Set(lines).size === lines.length ? [] : ['a relationship is there twice']),
    ...relationships
      .flatMap(({ spdxElementId, relatedSpdxElement }) => [spdxElementId, relatedSpdxElement])
      .filter((id) => !known.has(id))
      .map((id) => `${id} is no element`),
    // 11.1: a document with several packages says which of them it describes.
    ...(described.length === 1 && described[0]!.spdxElementId === document.SPDXID
      ? []
      : ['it must describe one element']),
  ]
}
