import { FormatError } from '../../bytes/errors.ts'
import type { Progress } from '../progress.ts'

/** @param structure the name of what holds the DEFLATE data */
export function malformed(structure: string, offset: number, detail: string): FormatError {
  return new FormatError('MALFORMED', detail, { source: 'input', structure, offset })
}

/** The data are cut short. */
export function inputEnds({ inputPosition }: Progress, structure: string): FormatError {
  return new FormatError('TRUNCATED', 'unexpected end of input', { source: 'input', structure, offset: inputPosition })
}

/** The output has too little room for the data. */
export function outputFull({ inputPosition, output }: Progress, structure: string): FormatError {
  return new FormatError('LIMIT', 'decompresses to more than the output has room for', {
    source: 'input',
    structure,
    offset: inputPosition,
    found: `more than ${output.length} bytes`,
  })
}

export function noCode(structure: string, offset: number, alphabet: 'literal/length' | 'distance'): FormatError {
  return malformed(structure, offset, `has an unknown ${alphabet} code`)
}

export function tooFarBack(structure: string, offset: number): FormatError {
  return malformed(structure, offset, 'has a distance that reaches before the start of the data')
}
