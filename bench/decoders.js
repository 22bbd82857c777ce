/**
 * A decoder that we measure. `goal` is our speed relative to the C library's.
 * @typedef {{ codec: string, module: string, name: string, goal: number | undefined }} Decoder
 */

/** @type {readonly Decoder[]} */
export const decoders = [
  { codec: 'zstd', module: 'zstd/zstd.js', name: 'decompressZstd', goal: 0.45 },
  { codec: 'xz', module: 'xz/stream.js', name: 'decompressXz', goal: 0.95 },
  { codec: 'lzma', module: 'lzma/alone.js', name: 'decompressLzmaAlone', goal: undefined },
  { codec: 'lzo', module: 'lzo/lzo1x.js', name: 'decompressLzo1x', goal: 0.85 },
  { codec: 'lz4', module: 'lz4/block.js', name: 'decompressLz4Block', goal: 0.35 },
  { codec: 'zlib', module: 'zlib.js', name: 'decompressZlib', goal: 0.75 },
]

/** The URL of its compiled module. @param {Decoder} decoder */
export const moduleUrl = ({ module }) => new URL(`../dist/parsers/codecs/${module}`, import.meta.url)

/**
 * A decoder of the registry that is written in JavaScript, to be compared with where no C compiler is.
 * @typedef {{ codec: string, name: string, load: () => Promise<(input: Uint8Array, output: Uint8Array) => number> }} Peer
 */

/** @type {readonly Peer[]} */
export const peers = [
  {
    codec: 'zlib',
    name: 'pako',
    load: async () => {
      const { inflate } = await import('pako')
      // It has no way to fill an array that is there.
      return (input, output) => {
        const content = inflate(input)
        output.set(content)
        return content.length
      }
    },
  },
  {
    codec: 'zlib',
    name: 'fflate',
    load: async () => {
      const { unzlibSync } = await import('fflate')
      return (input, output) => unzlibSync(input, { out: output }).length
    },
  },
  {
    codec: 'zstd',
    name: 'fzstd',
    load: async () => {
      const { decompress } = await import('fzstd')
      // Into an array that is there it takes ten times as long.
      return (input, output) => {
        const content = decompress(input)
        output.set(content)
        return content.length
      }
    },
  },
]
