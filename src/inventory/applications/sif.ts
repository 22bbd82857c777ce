import { type ByteString, byteStringOfText, textOf } from '../../../parsers/bytes/byte-string.ts'
import type { OpenImage } from '../../images/open-image.ts'
import { smallTextAt } from '../small-text.ts'
import type { Application } from './application.ts'
import { described } from './described.ts'

/** Where Singularity keeps the labels of a container. Its SIF file may have them too. */
const LABELS = '/.singularity.d/labels.json'
/** Labels by what they say: those of OCI (image-spec, annotations.md), then those of Label Schema, which preceded them. */
const NAMES = ['org.opencontainers.image.title', 'org.label-schema.name']
const VERSIONS = ['org.opencontainers.image.version', 'org.label-schema.version']
const BASES = ['org.opencontainers.image.base.name', 'org.label-schema.usage.singularity.deffile.from']

/** The application of a Singularity container, from its labels. */
export function sifApplication(open: OpenImage): Application {
  const { architecture, labels } = open.container?.facts ?? {}
  const known = { ...labelsIn(smallTextAt(open, LABELS)), ...labelsIn(labels) }
  const labelled = (keys: readonly string[]): ByteString | undefined => {
    const key = keys.find((one) => known[one] !== undefined)
    return key === undefined ? undefined : known[key]
  }
  return {
    kind: 'SIF',
    ...described({ name: labelled(NAMES), version: labelled(VERSIONS), architecture, basedOn: labelled(BASES) }),
  }
}

/** The labels in a text, which is to be JSON; none if it is not. */
function labelsIn(text: ByteString | undefined): Readonly<Record<string, ByteString>> {
  let labels: unknown
  try {
    labels = JSON.parse(textOf(text ?? '') ?? '')
  } catch {
    return {}
  }
  if (typeof labels !== 'object' || labels === null) return {}
  const texts = Object.entries(labels).filter((label): label is [string, string] => typeof label[1] === 'string')
  return Object.fromEntries(texts.map(([key, value]) => [key, byteStringOfText(value)]))
}
