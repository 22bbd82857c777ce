import { type ByteString, byteStringOfText, textOf } from '../../../parsers/bytes/byte-string.ts'
import type { OpenImage } from '../../images/open-image.ts'
import { smallTextAt } from '../small-text.ts'
import type { Application } from './application.ts'
import { described } from './described.ts'

const DESCRIPTION = '/meta/snap.yaml'
/** The type of snaps that name none (Snapcraft, "The snap format", snap.yaml). */
const DEFAULT_TYPE = 'app'

/** The application of a snap (Snapcraft, "The snap format"); undefined if the image is none. */
export async function snapApplication(open: OpenImage): Promise<Application | undefined> {
  const text = smallTextAt(open, DESCRIPTION)
  const snap = text === undefined ? undefined : await parsedYaml(text)
  if (snap === undefined) return undefined
  const { name, ...facts } = described({
    name: scalarOf(snap['name']),
    version: scalarOf(snap['version']),
    architecture: architecturesOf(snap['architectures']),
    basedOn: scalarOf(snap['base']),
    type: scalarOf(snap['type']) ?? DEFAULT_TYPE,
  })
  return name === undefined ? undefined : { kind: 'snap', name, ...facts }
}

/** The top of a YAML document, with all scalars as they are written; undefined if it is no mapping. */
async function parsedYaml(text: ByteString): Promise<Readonly<Record<string, unknown>> | undefined> {
  // To load it takes a tenth of a second, and only snaps need it.
  const { parse } = await import('yaml')
  try {
    // "1.10" is a version, and no number. Aliases could make a small file large.
    const found: unknown = parse(textOf(text) ?? '', { schema: 'failsafe', maxAliasCount: 0, logLevel: 'silent' })
    return typeof found === 'object' && found !== null ? (found as Readonly<Record<string, unknown>>) : undefined
  } catch {
    return undefined
  }
}

function scalarOf(value: unknown): ByteString | undefined {
  return typeof value === 'string' ? byteStringOfText(value) : undefined
}

function architecturesOf(value: unknown): ByteString | undefined {
  return Array.isArray(value)
    ? value
        .map(scalarOf)
        .filter((one) => one !== undefined)
        .join(', ')
    : undefined
}
