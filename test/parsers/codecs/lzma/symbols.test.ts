import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LzmaState, SymbolsEnd } from '../../../../parsers/codecs/lzma/lzma-state.ts'
import type { LzmaProperties } from '../../../../parsers/codecs/lzma/properties.ts'
import { RANGE_DECODER_START_SIZE, startRangeDecoder } from '../../../../parsers/codecs/lzma/range-decoder.ts'
import {
  createLzmaState,
  resetLzmaState,
  runSymbols,
  setLzmaProperties,
} from '../../../../parsers/codecs/lzma/state.ts'
import { SYMBOL_INPUT_SIZE } from '../../../../parsers/codecs/lzma/symbols.ts'
import { lzmaModule, wasmLzmaState } from '../../../../parsers/codecs/wasm/lzma.ts'
import { sameBytes } from '../guarded.ts'
import { moduleMemory } from '../wasm/module-memory.ts'
import { LzmaEncoder } from './encoder.ts'
import { someSymbols, usualProperties } from './random-symbols.ts'

/** What is decoded, into an output that holds `dictionary` already. */
interface Job {
  readonly properties: LzmaProperties
  readonly dictionary: Uint8Array
  /** Begins with what the range decoder starts with. */
  readonly input: Uint8Array
  /** Bytes of output. */
  readonly room: number
  /** Bytes of input after which decoding pauses, and goes on. */
  readonly step: number
}

/** A buffer of which `content` is the front, with enough behind it for the symbol that runs over its end. */
function padded(content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(content.length + 2 * SYMBOL_INPUT_SIZE)
  bytes.set(content)
  return bytes
}

/** Decodes a job in the given memory, and returns all that is known afterwards. */
function run(lzma: LzmaState, job: Job, allocate: (length: number) => Uint8Array) {
  const padding = padded(job.input)
  const input = allocate(padding.length)
  input.set(padding)
  const outputEnd = job.dictionary.length + job.room
  const output = allocate(outputEnd)
  output.set(job.dictionary)
  lzma.inputPosition = 0
  lzma.outputPosition = job.dictionary.length
  lzma.dictionaryStart = 0
  setLzmaProperties(lzma, job.properties)
  resetLzmaState(lzma)
  startRangeDecoder(lzma, input)
  const ends: SymbolsEnd[] = []
  do {
    const inputLimit = Math.min(lzma.inputPosition + job.step, job.input.length)
    ends.push(runSymbols(lzma, input, inputLimit, output, outputEnd))
  } while (ends.at(-1) === 'paused' && lzma.outputPosition < outputEnd && lzma.inputPosition <= job.input.length)
  const { symbols: _, ...facts } = lzma
  return { ends, output: output.slice(0, lzma.outputPosition), facts }
}

/** Decodes a job in TypeScript and in WebAssembly; both must agree in everything. */
function agreed(job: Job): { ends: SymbolsEnd[]; output: Uint8Array } {
  const plain = run(createLzmaState(), job, (length) => new Uint8Array(length))
  const { literalContextBits, literalPositionBits } = job.properties
  if (literalContextBits + literalPositionBits > 4) return plain
  const { exports, allocate } = moduleMemory(lzmaModule)
  const fast = run(wasmLzmaState(exports), job, allocate)
  expect(fast.ends).toEqual(plain.ends)
  expect(fast.facts).toEqual(plain.facts)
  expect(sameBytes(fast.output, plain.output)).toBe(true)
  return plain
}

const step = fc.constantFrom(-1, 0, 1, 7, 100, 1_000_000)
const anyProperties = fc.record({
  literalContextBits: fc.nat(8),
  literalPositionBits: fc.nat(4),
  positionBits: fc.nat(4),
})
const usual = { literalContextBits: 3, literalPositionBits: 0, positionBits: 2 }

describe('LZMA symbols', () => {
  it('decode alike in TypeScript and in WebAssembly, and to what was encoded', () => {
    fc.assert(
      fc.property(usualProperties, someSymbols, step, (properties, symbols, step) => {
        const encoder = new LzmaEncoder(properties)
        for (const symbol of symbols) encoder.encode(symbol)
        const content = Uint8Array.from(encoder.content)
        const input = encoder.finish()
        const { ends, output } = agreed({
          properties,
          dictionary: new Uint8Array(0),
          input,
          room: content.length,
          step,
        })
        fc.pre(content.length > 0)
        expect(ends.at(-1)).toBe('paused')
        expect(sameBytes(output, content)).toBe(true)
      }),
    )
  })

  it('decode alike in TypeScript and in WebAssembly where anything is the input, the dictionary and the properties', () => {
    const seen = new Set<SymbolsEnd>()
    fc.assert(
      fc.property(
        anyProperties,
        fc.uint8Array({ maxLength: 5000, size: 'max' }),
        fc.uint8Array({ minLength: RANGE_DECODER_START_SIZE, maxLength: 3000, size: 'max' }),
        fc.nat(6000),
        step,
        (properties, dictionary, input, room, step) => {
          seen.add(agreed({ properties, dictionary, input, room, step }).ends.at(-1)!)
        },
      ),
    )
    expect(seen).toContain('wrong distance')
    expect(seen).toContain('output full')
  })

  it('decode alike in TypeScript and in WebAssembly where bytes of the input are changed', () => {
    fc.assert(
      fc.property(
        someSymbols,
        fc.array(fc.record({ at: fc.nat(), to: fc.nat(255) }), { minLength: 1, maxLength: 3 }),
        step,
        (symbols, changes, step) => {
          const encoder = new LzmaEncoder(usual)
          for (const symbol of symbols) encoder.encode(symbol)
          const input = encoder.finish()
          for (const { at, to } of changes) input[at % input.length] = to
          agreed({ properties: usual, dictionary: new Uint8Array(0), input, room: encoder.content.length, step })
        },
      ),
    )
  })

  it('go on where the input is longer than the window it is copied to', () => {
    // Literals that do not compress, 40 KB of them, and a match now and then, near and far.
    const encoder = new LzmaEncoder(usual)
    let seed = 1
    for (let index = 0; index < 40_000; index++) {
      seed = (Math.imul(seed, 1103515245) + 12345) | 0
      encoder.encode({ kind: 'literal', byte: (seed >>> 16) & 0xff })
      if (index % 1000 === 999) {
        const distance = 1 + ((seed >>> 8) % (index % 3000 === 2999 ? encoder.content.length : 6))
        encoder.encode({ kind: 'match', distance, length: 2 + ((seed >>> 4) & 0xff) })
      }
    }
    const content = Uint8Array.from(encoder.content)
    const input = encoder.finish()
    expect(input.length).toBeGreaterThan(2 * 16 * 1024)
    const job = { properties: usual, dictionary: new Uint8Array(0), input, room: content.length, step: 1_000_000 }
    const { ends, output } = agreed(job)
    expect(ends).toEqual(['paused'])
    expect(sameBytes(output, content)).toBe(true)
  })

  it('copy matches of every distance and length up to the very end of the output, and write nothing behind it', () => {
    const dictionary = Uint8Array.from({ length: 300 }, (_, index) => (index * 7 + (index >> 3)) & 0xff)
    for (let distance = 1; distance <= 20; distance++) {
      for (const length of [2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 18, 100, 273]) {
        const encoder = new LzmaEncoder(usual)
        encoder.content.push(...dictionary)
        encoder.encode({ kind: 'match', distance, length })
        const content = Uint8Array.from(encoder.content)
        const input = padded(encoder.finish())
        for (const spare of [0, 1, 2, 3, 4]) {
          const lzma = createLzmaState()
          const output = new Uint8Array(content.length + spare + 8).fill(0xa5)
          output.set(dictionary)
          lzma.inputPosition = 0
          lzma.outputPosition = dictionary.length
          lzma.dictionaryStart = 0
          setLzmaProperties(lzma, usual)
          resetLzmaState(lzma)
          startRangeDecoder(lzma, input)
          expect(runSymbols(lzma, input, -1, output, content.length + spare)).toBe('paused')
          expect(sameBytes(output.subarray(0, lzma.outputPosition), content)).toBe(true)
          expect(output.subarray(content.length + spare).every((byte) => byte === 0xa5)).toBe(true)
        }
      }
    }
  })

  it('stop at the end marker with the same state', () => {
    const encoder = new LzmaEncoder(usual)
    for (const byte of Buffer.from('the end')) encoder.encode({ kind: 'literal', byte })
    encoder.encode({ kind: 'end marker' })
    const input = encoder.finish()
    const job = { properties: usual, dictionary: new Uint8Array(0), input, room: 100, step: 1_000_000 }
    expect(agreed(job).ends).toEqual(['end marker'])
  })

  it('refuse a state whose next literal would read before the dictionary, which has slid since', () => {
    const encoder = new LzmaEncoder(usual)
    encoder.encode({ kind: 'literal', byte: 1 })
    const input = padded(encoder.finish())
    for (const [state, rep0, expected] of [
      [7, 99, 'paused'],
      [7, 100, 'wrong distance'],
      [11, -1, 'wrong distance'],
      [6, 100, 'paused'],
    ] as const) {
      const lzma = createLzmaState()
      setLzmaProperties(lzma, usual)
      resetLzmaState(lzma)
      lzma.inputPosition = 0
      startRangeDecoder(lzma, input)
      Object.assign(lzma, { state, rep0, dictionaryStart: 5, outputPosition: 105 })
      expect(runSymbols(lzma, input, -1, new Uint8Array(200), 200)).toBe(expected)
    }
  })
})
