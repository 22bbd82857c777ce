// LZMA symbols, and the checksums of xz. The caller reads headers and chunks.
export { crc32 } from './crc32'
export { crc64 } from './crc64'
export { resetProbabilities } from './lzma/probabilities'
export {
  code,
  decodeSymbols,
  inputPosition,
  outputPosition,
  range,
  rep0,
  rep1,
  rep2,
  rep3,
  setProperties,
  state,
} from './lzma/symbols'
export { CALLER } from './memory'
