/** The module that instrument.js adds. */
declare module 'isoscope-fuzz-counters' {
  export const hits: Uint8Array
  export const allocation: { limit: number }
}
