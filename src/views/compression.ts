import type { Compression, CompressionChange } from '../analyses/compression-changes.ts'
import { joined, text, type Words } from './cell.ts'
import { regionName } from './region-name.ts'

/** How the compression of a squashfs changed: "zstd level 19 → 6, 1 MiB → 128 KiB blocks". */
export function compressionWords({ before, after }: CompressionChange): Words {
  const parts: Words[] = []
  if (before.compressor !== after.compressor) parts.push([...settings(before), ' → ', ...settings(after)])
  else if (before.compressorOptions !== after.compressorOptions) {
    const levels = [before, after].map((side) => /^level (\d+)$/.exec(side.compressorOptions ?? '')?.[1])
    const options = ({ compressorOptions }: Compression) => text(compressorOptions ?? 'default options')
    parts.push(
      levels.includes(undefined)
        ? [text(after.compressor), ': ', options(before), ' → ', options(after)]
        : [text(after.compressor), ` level ${levels[0]} → ${levels[1]}`],
    )
  }
  if (before.blockSize !== after.blockSize) {
    const blocks = `${blockText(before.blockSize)} → ${blockText(after.blockSize)} blocks`
    parts.push(parts.length === 0 ? [text(after.compressor), `, ${blocks}`] : [blocks])
  }
  return joined(parts, ', ')
}

function settings({ compressor, compressorOptions }: Compression): Words {
  return compressorOptions === null ? [text(compressor)] : [text(compressor), ' (', text(compressorOptions), ')']
}

/** "1 MiB": block sizes are powers of two. */
function blockText(size: number): string {
  return size >= 2 ** 20 ? `${size / 2 ** 20} MiB` : `${size / 2 ** 10} KiB`
}

/** Which squashfs has another compression, and which one. A squashfs alone has no name but that of its file. */
export function namedCompression(change: CompressionChange): Words {
  const { oldPath, path } = change
  if (path === '/') return compressionWords(change)
  const names = [...new Set([oldPath, path])].map((its): Words => [regionName(its)])
  return [...joined(names, ' → '), ': ', ...compressionWords(change)]
}
