/** Loaded when it is first needed: with the streams it is built on it takes a twentieth of the time Node needs to start. */
export const zlib = (): typeof import('node:zlib') => process.getBuiltinModule('node:zlib')
