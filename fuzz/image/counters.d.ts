/** What instrument.js puts in. */
declare module 'isoscope-fuzz-counters' {
  export const hits: Uint8Array
  export const allocation: { limit: number }
}
