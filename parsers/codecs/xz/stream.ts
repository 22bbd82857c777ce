import type { Decompress } from '../codec.ts'
import { type Progress, startProgress } from '../progress.ts'
import { decodeBlock, type IndexRecord } from './block.ts'
import { malformed, need } from './failure.ts'
import { createXzParts, type XzParts } from './parts.ts'
import { verifyStreamFooter } from './stream-footer.ts'
import { readStreamHeader } from './stream-header.ts'
import { verifyIndex } from './stream-index.ts'

/**
 * Decompresses an .xz file: one or more streams, with stream padding between and after them (xz 1.2: 2). It verifies
 * checks, sizes and index. `output` itself is the dictionary, whatever size a block header gives it.
 */
export const decompressXz: Decompress = (input, output) => {
  shared ??= createXzParts()
  return decodeXz(input, output, shared)
}

/** The first call makes them, so a program that meets no xz makes none. */
let shared: XzParts | undefined

/** `decompressXz` with other inner parts. */
export function decodeXz(input: Uint8Array, output: Uint8Array, parts: XzParts): number {
  const progress = startProgress(input, output)
  do {
    decodeStream(progress, parts)
    skipStreamPadding(progress)
  } while (progress.inputPosition < input.length)
  return progress.outputPosition
}

/** xz 1.2: 2.1. */
function decodeStream(progress: Progress, parts: XzParts): void {
  const flags = readStreamHeader(progress)
  // Two numbers a block. Squashfs has one block in a stream, and xz makes one for each 24 MiB or so.
  const blocks: IndexRecord[] = []
  while (blockFollows(progress)) blocks.push(decodeBlock(progress, flags.check, parts))
  const indexSize = verifyIndex(progress, blocks)
  verifyStreamFooter(progress, indexSize, flags)
}

/** Whether a block begins here, not the Index (xz 1.2: 4.1). The Index has 0 where a Block Header has its size. */
export function blockFollows(progress: Progress): boolean {
  const { input, inputPosition } = progress
  need(progress, inputPosition, 1, 'Block or Index')
  return input[inputPosition] !== 0
}

/** Skips zero bytes, a multiple of four (xz 1.2: 2.2). */
function skipStreamPadding(progress: Progress): void {
  const { input, inputPosition: start } = progress
  let position = start
  while (position < input.length && input[position] === 0) position++
  verifyStreamPadding(start, position - start)
  progress.inputPosition = position
}

/** @throws {FormatError} MALFORMED unless Stream Padding can have `size` bytes */
export function verifyStreamPadding(offset: number, size: number): void {
  if (size % 4 !== 0) {
    throw malformed('Stream Padding', offset, 'is not a multiple of four bytes', { found: `${size} bytes` })
  }
}
