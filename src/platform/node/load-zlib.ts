/** We load zlib on demand: with the streams that it needs, it takes a twentieth of Node's start time. */
export const zlib = (): typeof import('node:zlib') => process.getBuiltinModule('node:zlib')
