import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { FormatError } from '../../../parsers/index.ts'
import { everyDecoder } from './every-decoder.ts'
import { decompressAlone, decompressed, sameBytes } from './guarded.ts'
import { Verdicts } from './verdicts.ts'

const FOLDER = fileURLToPath(new URL('../../../fixtures/codecs/', import.meta.url))
/** What was found with one room is tried with others as well. */
const ROOMS = [0, 1, 100, 4096, 65_536]

const bytesOf = (...path: string[]) => Uint8Array.from(readFileSync(join(FOLDER, ...path)))

function namesIn(folder: string): string[] {
  return existsSync(join(FOLDER, folder)) ? readdirSync(join(FOLDER, folder)).sort() : []
}

describe.each(everyDecoder)('the seeds of $name', ({ seeds, decompress }) => {
  const names = namesIn(`seeds/${seeds}`)

  it('exist', () => {
    expect(names.length).toBeGreaterThan(10)
  })

  it.each(names)('%s is read, in exact and in ample room', (name) => {
    const content = bytesOf('contents', name.split('.')[0]!)
    const input = bytesOf('seeds', seeds, name)
    for (const room of [content.length, content.length + 100]) {
      expect(sameBytes(decompressed(decompress, input, room), content)).toBe(true)
    }
  })
})

/** Named by the fuzzer: the decoder, a hash, the room for the output. */
const findings = namesIn('findings').filter((name) => name.endsWith('.bin'))

describe.runIf(findings.length > 0)('what the fuzzer found', () => {
  it.each(findings)('%s', (name) => {
    const [, codec, room] = /^(.+)-[0-9a-f]{8}\.(\d+)\.bin$/.exec(name) ?? []
    const decoder = everyDecoder.find((each) => each.name === codec)
    if (decoder === undefined) throw new Error(`no decoder for ${name}`)
    const input = bytesOf('findings', name)
    for (const size of [Number(room), ...ROOMS]) {
      const first = decompressAlone(decoder.decompress, input, size)
      const second = decompressAlone(decoder.decompress, input, size)
      if (first instanceof FormatError) expect(second).toMatchObject({ code: first.code, message: first.message })
      else expect(sameBytes(second as Uint8Array, first)).toBe(true)
      if (decoder.twin !== undefined) new Verdicts({ ...decoder, twin: decoder.twin }).compare(input, size, name)
    }
  })
})
