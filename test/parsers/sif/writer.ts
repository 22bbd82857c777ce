import { concat, pack, text } from '../squashfs/writer.ts'

/** A data object of a SIF file. */
export interface SifObjectSpec {
  readonly type: number
  readonly bytes: Uint8Array
  /** Of a partition: what is in it, 1 for squashfs, and what it is for, 2 for the one to run from. */
  readonly fileSystem?: number
  readonly partition?: number
  readonly used?: boolean
  /** What its descriptor says in place of where it lies, and how long it is. */
  readonly offset?: number
  readonly size?: number
}

export interface SifSpec {
  /** Descriptors there is room for. */
  readonly total?: number
  readonly descriptorsOffset?: number
  /** Objects begin at a multiple of this. */
  readonly alignment?: number
}

export const DEFINITION = 0x4001
export const LABELS = 0x4003
export const PARTITION = 0x4004
export const SIGNATURE = 0x4005
export const OCI_BLOB = 0x400b

const ROOM = 48
const DESCRIPTORS = 4096
const DATA = 32_768

/** A SIF file as siftool lays it out (sylabs/sif, pkg/sif): header, descriptors at 4 KiB, data from 32 KiB on. */
export function writeSif(objects: readonly SifObjectSpec[], spec: SifSpec = {}): Uint8Array {
  const { total = ROOM, descriptorsOffset = DESCRIPTORS, alignment = 4096 } = spec
  const head = concat(
    text('#!/usr/bin/env run-singularity\n\0'),
    text('SIF_MAGIC\0'),
    text('01\0'),
    text('02\0'),
    new Uint8Array(16),
    pack([8, 0], [8, 0], [8, ROOM - objects.length], [8, total], [8, descriptorsOffset], [8, ROOM * 585], [8, DATA]),
    pack([8, 0]),
  )
  let end = DATA
  const places = objects.map(({ bytes }) => {
    const start = Math.ceil(end / alignment) * alignment
    end = start + bytes.length
    return start
  })
  const file = new Uint8Array(end)
  file.set(head)
  for (const [index, object] of objects.entries()) {
    const { type, bytes, fileSystem = 0, partition = 0, used = true } = object
    const { offset = places[index]!, size = bytes.length } = object
    file.set(
      concat(
        pack([4, type], [1, used ? 1 : 0], [4, index + 1], [4, 0xf0000001], [4, 0]),
        pack([8, offset], [8, size], [8, size], [8, 0], [8, 0], [8, 0], [8, 0]),
        new Uint8Array(128),
        pack([4, fileSystem], [4, partition]),
      ),
      DESCRIPTORS + index * 585,
    )
    file.set(bytes, places[index]!)
  }
  return file
}
