import { byteString } from '../bytes/byte-string.ts'
import type { FormatError } from '../bytes/errors.ts'
import { type ByteSource, formatError } from '../bytes/source.ts'
import { descriptorKind, FIRST_DESCRIPTOR_SECTOR, SECTOR } from './volume-descriptor.ts'

/** Sectors to search for a first descriptor. Others may follow a damaged one, and padding before UDF is short. */
const SECTORS_SEARCHED = 16

/** Whether a source holds an ISO 9660 volume. Any volume descriptor counts, because the first one may be damaged. */
export function isIso9660(source: ByteSource): boolean {
  for (let sector = FIRST_DESCRIPTOR_SECTOR; sector < FIRST_DESCRIPTOR_SECTOR + SECTORS_SEARCHED; sector += 1) {
    if (descriptorKind(source, sector * SECTOR) !== undefined) return true
  }
  return false
}

/** Ways to store CD sectors with more than their 2048 bytes of data (ECMA-130 14; Yellow Book modes). */
// biome-ignore format: one layout a line
const RAW_LAYOUTS: readonly { readonly sector: number; readonly data: number; readonly name: string }[] = [
  { sector: 2352, data: 16, name: 'raw 2352-byte sectors (mode 1)' },
  { sector: 2352, data: 24, name: 'raw 2352-byte sectors (mode 2, form 1)' },
  { sector: 2336, data: 8, name: '2336-byte sectors (mode 2)' },
  { sector: 2448, data: 16, name: 'raw 2448-byte sectors with subchannels (mode 1)' },
  { sector: 2448, data: 24, name: 'raw 2448-byte sectors with subchannels (mode 2)' },
]

/**
 * An error that names a disc image without plain ISO 9660 sectors; undefined if we do not know its format.
 * @param file the name of the file for the command that the message suggests
 */
export function unreadableDisc(source: ByteSource, file: string = source.name): FormatError | undefined {
  for (const { sector, data, name } of RAW_LAYOUTS) {
    const at = FIRST_DESCRIPTOR_SECTOR * sector + data
    if (textAt(source, at + 1, 5) === 'CD001') {
      return unsupported(
        source,
        at,
        `the image has ${name}; convert it to plain 2048-byte sectors first, for instance with bchunk`,
      )
    }
  }
  const start = FIRST_DESCRIPTOR_SECTOR * SECTOR
  if (textAt(source, start + 9, 5) === 'CDROM') {
    return unsupported(source, start, 'is a High Sierra volume, the format before ISO 9660, which is not read')
  }
  const step = UDF_STEPS.find((bytes) => hasUdf(source, start, bytes))
  if (step !== undefined) {
    const sectors = step === SECTOR ? '' : `, in sectors of ${step} bytes`
    const what = `is a UDF volume without an ISO 9660 side${sectors}, and UDF is not read`
    return unsupported(source, start, `${what}; mount -o ro,loop ${file} DIRECTORY shows its files`)
  }
  return undefined
}

/** Each descriptor of the recognition sequence begins a sector, so larger sectors spread them (ECMA-167 2/8.4). */
const UDF_STEPS: readonly number[] = [SECTOR, 4096]
/** Descriptors of a recognition sequence that we read. It has three or four. */
const UDF_DESCRIPTORS = 16

function hasUdf(source: ByteSource, start: number, step: number): boolean {
  for (let index = 0; index < UDF_DESCRIPTORS; index += 1) {
    const word = textAt(source, start + index * step + 1, 5)
    if (word === 'NSR02' || word === 'NSR03') return true
    if (word === undefined || !/^(BEA01|BOOT2|CDW02)$/.test(word)) return false
  }
  return false
}

function textAt(source: ByteSource, offset: number, length: number): string | undefined {
  return offset + length > source.size ? undefined : byteString(source.read(offset, length))
}

function unsupported(source: ByteSource, offset: number, detail: string): FormatError {
  return formatError('UNSUPPORTED', detail, source, { structure: 'disc image', offset })
}
