import { expect } from 'vitest'
import { isoscope } from './run.ts'

export interface NcduFile {
  readonly name: string
  readonly asize?: number
  readonly dsize?: number
  readonly ino?: number
  readonly hlnkc?: boolean
}
export type NcduTree = readonly [NcduFile, ...(NcduFile | NcduTree)[]]

export function exported(...args: string[]): string {
  const { code, stdout, stderr } = isoscope(['export', '-f', ...args])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout.toString()
}

/** The sum as ncdu makes it: a hard-linked file once. */
export function sumOf(tree: NcduTree, key: 'asize' | 'dsize', counted = new Set<number>()): number {
  let sum = 0
  for (const item of tree) {
    if (Array.isArray(item)) {
      sum += sumOf(item as NcduTree, key, counted)
      continue
    }
    const { ino, hlnkc, [key]: size = 0 } = item as NcduFile
    if (hlnkc !== true || !counted.has(ino!)) sum += size
    if (hlnkc === true) counted.add(ino!)
  }
  return sum
}
