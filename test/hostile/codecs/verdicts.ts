import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { FormatError } from '../../../parsers/index.ts'
import { mustRun } from '../../oracle.ts'
import { sameBytes } from '../../parsers/codecs/guarded.ts'

/** A place where a tool reads what we refuse, and why. We never read what the tool refuses. */
export interface Difference {
  /** The structure and the field of our error. */
  readonly place: string
  readonly why: string
}

export interface Verdicts {
  readonly file: Uint8Array
  /** Our decoder. */
  readonly read: (input: Uint8Array) => Uint8Array
  /** A tool that decompresses standard input to standard output, and its arguments. */
  readonly tool: readonly string[]
  /** The differences that changes of this file must show, and no others. */
  readonly differences: readonly Difference[]
}

/** For a tool on all changes of a file. */
export const SECONDS = 300

/** What each byte is changed by: the lowest bit, the highest one, some and all of them. */
const CHANGES = [0x01, 0x80, 0x14, 0xff]

/** Expects that we and the tool read the same of a file with one byte changed, or that the difference is a known one. */
export function expectSameVerdicts({ file, read, tool, differences }: Verdicts): void {
  const inputs = Array.from(file.keys()).flatMap((offset) =>
    CHANGES.map((change) => {
      const input = Uint8Array.from(file)
      input[offset]! ^= change
      return { name: `${offset} ^ ${change}`, input }
    }),
  )
  const outputs = outputsOf(
    tool,
    inputs.map(({ input }) => input),
  )
  const found = new Set<string>()
  let compared = 0
  for (const [index, { name, input }] of inputs.entries()) {
    const ours = resultOf(read, input)
    const theirs = outputs[index]
    compared++
    if (!(ours instanceof FormatError)) {
      expect([name, theirs !== undefined && sameBytes(ours, theirs)]).toEqual([name, true])
    } else if (theirs !== undefined) {
      const place = `${ours.facts.structure} ${ours.facts.field ?? ''}`.trim()
      expect(
        differences.map((difference) => difference.place),
        `${name}: ${ours.message}`,
      ).toContain(place)
      found.add(place)
    } else {
      expect(['MALFORMED', 'TRUNCATED', 'CHECKSUM', 'UNSUPPORTED', 'LIMIT']).toContain(ours.code)
    }
  }
  expect(compared).toBe(file.length * CHANGES.length)
  expect([...found].sort()).toEqual(differences.map(({ place }) => place).sort())
}

/** What a tool makes of each input; undefined where it refuses it. One shell runs it on all: from here it takes longer. */
export function outputsOf(tool: readonly string[], inputs: readonly Uint8Array[]): (Uint8Array | undefined)[] {
  const folder = mkdtempSync(join(tmpdir(), 'isoscope-verdicts-'))
  try {
    for (const [index, input] of inputs.entries()) writeFileSync(join(folder, String(index)), input)
    const loop =
      'count=$1; shift; index=0; while [ $index -lt $count ]; do ' +
      '"$@" < $index > $index.out 2> $index.err; echo $?; index=$((index + 1)); done'
    const codes = mustRun('/bin/sh', ['-c', loop, 'sh', String(inputs.length), ...tool], {
      cwd: folder,
      seconds: SECONDS,
    })
    const lines = codes.toString().trim().split('\n')
    expect(lines).toHaveLength(inputs.length)
    return lines.map((code, index) => (code === '0' ? readFileSync(join(folder, `${index}.out`)) : undefined))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function resultOf(read: (input: Uint8Array) => Uint8Array, input: Uint8Array): Uint8Array | FormatError {
  try {
    return read(input)
  } catch (error) {
    if (error instanceof FormatError) return error
    throw error
  }
}
