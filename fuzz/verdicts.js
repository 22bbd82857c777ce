/**
 * What a decoder in WebAssembly may say instead of what the one in TypeScript says of the same stream. "none" is no
 * error. Whoever decodes blocks gets the verdict of the decoder in TypeScript. They agree about all that is not here,
 * and test/hostile/codecs/verdicts.test.ts shows that all of this happens.
 * @type {Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>}
 */
export const differences = {
  // It does not say what is wrong inside a block.
  zstd: { LIMIT: ['MALFORMED'] },
  lz4: { LIMIT: ['MALFORMED'], TRUNCATED: ['MALFORMED'] },
  lzo: { LIMIT: ['MALFORMED'], TRUNCATED: ['MALFORMED'], UNSUPPORTED: ['MALFORMED'] },
  // It has no room for the probabilities of so many literal bits (lc + lp above 4), which xz does not allow either.
  lzma: {
    none: ['UNSUPPORTED'],
    LIMIT: ['UNSUPPORTED'],
    MALFORMED: ['UNSUPPORTED'],
    TRUNCATED: ['UNSUPPORTED'],
  },
  xz: {},
  zlib: {},
  gzip: {},
}

/**
 * How the verdicts about a stream differ; undefined if they do not, or as they may.
 * @param {string} codec @param {string} code of the decoder in TypeScript @param {string} other
 */
export function difference(codec, code, other) {
  return code === other || differences[codec]?.[code]?.includes(other) ? undefined : `${other}, TypeScript ${code}`
}
