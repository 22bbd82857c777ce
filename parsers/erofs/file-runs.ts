import type { FormatError } from '../bytes/errors.ts'
import { formatError } from '../bytes/source.ts'
import type { CodecName } from '../codecs/codec.ts'
import type { StoredRun } from '../image.ts'
import { compressedBlock } from './compressed-block.ts'
import { mappedExtents } from './content-map.ts'
import type { Inode } from './inode.ts'
import type { Encoding, MappedExtent } from './mapped-extent.ts'
import { fragmentParts, type PackedInode } from './packed-inode.ts'
import type { Volume } from './volume.ts'

/** The algorithms whose blocks our decoders take. */
const CODECS: Partial<Record<Encoding, CodecName>> = { lz4: 'lz4', zstd: 'zstd' }

/**
 * The runs of an inode's content, in order.
 * @throws {FormatError} when its map is damaged, and UNSUPPORTED for algorithms without a decoder and other devices
 */
export function* fileRuns(volume: Volume, packed: PackedInode | undefined, inode: Inode): Generator<StoredRun> {
  for (const extent of mappedExtents(volume, inode)) yield* extentRuns(volume, packed, extent)
}

/** The runs of one extent. @throws {FormatError} as `fileRuns` */
export function* extentRuns(
  volume: Volume,
  packed: PackedInode | undefined,
  extent: MappedExtent,
): Generator<StoredRun> {
  if (extent.encoding !== 'fragment') {
    yield* runsWithin(volume, extent, 0, extent.length, false)
    return
  }
  for (const part of fragmentParts(volume, packed, extent)) {
    yield* runsWithin(volume, part.extent, part.skip, part.length, true)
  }
}

/** The runs of a part of an extent. @throws {FormatError} UNSUPPORTED */
function* runsWithin(
  volume: Volume,
  extent: MappedExtent,
  skip: number,
  length: number,
  isShared: boolean,
): Generator<StoredRun> {
  if (extent.device !== 0) throw onAnotherDevice(volume, extent)
  if (extent.encoding === 'hole') {
    yield { offset: 0, storedLength: 0, length, skip: 0, unpackedLimit: length, codec: 'hole' }
    return
  }
  const places = storedPlaces(volume, extent, skip, length)
  if (places !== undefined) {
    for (const { offset, length } of places) {
      yield { offset, storedLength: length, length, skip: 0, unpackedLimit: length, codec: 'stored' }
    }
    return
  }
  const codec = CODECS[extent.encoding]
  if (codec === undefined) throw withoutDecoder(volume, extent)
  const run = { ...compressedBlock(volume, extent), length, skip, codec }
  yield isShared ? { ...run, fragment: true } : run
}

/**
 * The places of a part of an extent that is stored uncompressed; undefined if it is compressed. An interlaced block has
 * the byte of each offset at that offset, modulo the size of a block (kernel: z_erofs_transform_plain).
 */
export function storedPlaces(
  { blockSize, source }: Volume,
  { at, encoding, offset, storedLength }: MappedExtent,
  skip: number,
  length: number,
): readonly { readonly offset: number; readonly length: number }[] | undefined {
  if (encoding === 'plain') return [{ offset: offset + skip, length }]
  if (encoding !== 'interlaced') return undefined
  if (storedLength !== blockSize) {
    throw formatError('UNSUPPORTED', 'an interlaced pcluster of several blocks is not read', source, {
      structure: 'pcluster',
      offset: Math.min(offset, source.size),
      found: storedLength,
      expected: blockSize,
    })
  }
  const start = (at + skip) % blockSize
  const first = Math.min(blockSize - start, length)
  const rest = length - first
  return [{ offset: offset + start, length: first }, ...(rest === 0 ? [] : [{ offset, length: rest }])]
}

/** The error for content whose algorithm we do not decode. */
export function withoutDecoder({ source }: Volume, { encoding, offset }: MappedExtent): FormatError {
  const detail = `its content is compressed with ${encoding}, for which there is no decoder here`
  return formatError('UNSUPPORTED', detail, source, {
    structure: 'pcluster',
    offset: Math.min(offset, source.size),
    field: 'h_algorithmtype',
    found: encoding,
    expected: Object.keys(CODECS).join(' or '),
  })
}

function onAnotherDevice({ source }: Volume, { device }: MappedExtent): FormatError {
  return formatError('UNSUPPORTED', 'its content lies on another device, which is a file of its own', source, {
    structure: 'chunk index',
    offset: 0,
    field: 'device_id',
    found: device,
    expected: 0,
  })
}
