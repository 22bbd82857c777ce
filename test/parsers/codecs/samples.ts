import { openSync, readSync } from 'node:fs'

/** Numbers that look random and are the same in every run. */
export function pseudoRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

export function randomBytes(length: number, seed = 1): Uint8Array {
  const random = pseudoRandom(seed)
  return Uint8Array.from({ length }, () => random() * 256)
}

/** Machine code and tables: part of the program that runs the tests. */
export function machineCode(length: number, offset = 4 << 20): Uint8Array {
  const bytes = new Uint8Array(length)
  readSync(openSync(process.execPath, 'r'), bytes, 0, length, offset)
  return bytes
}

/** A period of `period` bytes, over and over: matches that overlap themselves. */
function periodic(period: number, length: number): Uint8Array {
  const bytes = randomBytes(period, period)
  return Uint8Array.from({ length }, (_, index) => bytes[index % period]!)
}

/** Lines with few words: short literals, many repeated offsets. */
function lines(length: number): Uint8Array {
  const random = pseudoRandom(7)
  const words = ['/nix/store/', 'lib', 'share', 'include', '.so', ' ', '\n', 'x86_64-linux', '1.2.3', '-']
  let text = ''
  while (text.length < length) text += words[Math.floor(random() * words.length)]
  return new TextEncoder().encode(text.slice(0, length))
}

/** What compressors are given here, by what is special about it. */
export const samples: Readonly<Record<string, Uint8Array>> = {
  empty: new Uint8Array(0),
  'one byte': Uint8Array.of(65),
  'a few bytes': new TextEncoder().encode('hello'),
  lines: lines(30_000),
  'more than a block of lines': lines(300_000),
  'machine code': machineCode(300_000),
  incompressible: randomBytes(140_000),
  'zero bytes': new Uint8Array(400_000),
  ...Object.fromEntries([1, 2, 3, 4, 5, 7, 8, 9, 16, 33].map((period) => [`period ${period}`, periodic(period, 5000)])),
  'random, then the same again': Buffer.concat([randomBytes(90_000, 3), randomBytes(90_000, 3)]),
  'few values': randomBytes(60_000, 4).map((byte) => byte & 7),
  'skewed values': randomBytes(60_000, 5).map((byte) => 31 - Math.clz32(byte * byte + 1)),
}
