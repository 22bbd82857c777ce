import type { FseCodes } from './fse-table.ts'

/** One of the three fields of a sequence (RFC 8878 3.1.1.3.2.1.1). */
export interface SequenceField {
  /** The name in the RFC. */
  readonly name: string
  readonly codes: FseCodes
  /** Largest Accuracy_Log (RFC 8878 3.1.1.3.2.1). */
  readonly accuracyLogLimit: number
  /** The default distribution (RFC 8878 3.1.1.3.2.2). */
  readonly defaultAccuracyLog: number
  readonly defaultProbabilities: readonly number[]
}

export const literalsLengths: SequenceField = {
  name: 'Literals_Length_Code',
  codes: createCodes(0, [
    // biome-ignore format: as in the RFC, codes 0 to 15, then 16 to 35
    ...Array<number>(16).fill(0),
    ...[1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
  ]),
  accuracyLogLimit: 9,
  defaultAccuracyLog: 6,
  // biome-ignore format: as in the RFC
  defaultProbabilities: [
    4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1,
    2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1,
    -1, -1, -1, -1,
  ],
}

export const matchLengths: SequenceField = {
  name: 'Match_Length_Code',
  codes: createCodes(3, [
    // Codes 0 to 31, then 32 to 52.
    ...Array<number>(32).fill(0),
    ...[1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
  ]),
  accuracyLogLimit: 9,
  defaultAccuracyLog: 6,
  // biome-ignore format: as in the RFC
  defaultProbabilities: [
    1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1,
    -1, -1, -1, -1, -1,
  ],
}

/** Offset_Value is `1 << code` plus `code` bits. Codes above 30 exceed WINDOW_SIZE_LIMIT. */
export const offsets: SequenceField = {
  name: 'Offset_Code',
  codes: createCodes(
    1,
    Array.from({ length: 31 }, (_, code) => code),
  ),
  accuracyLogLimit: 8,
  defaultAccuracyLog: 5,
  // biome-ignore format: as in the RFC
  defaultProbabilities: [
    1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1,
  ],
}

/** Each code begins where the one before it ends, so its baseline is the sum of the earlier ranges. */
function createCodes(firstBaseline: number, extraBits: readonly number[]): FseCodes {
  const baselines = new Int32Array(extraBits.length)
  let baseline = firstBaseline
  extraBits.forEach((bits, code) => {
    baselines[code] = baseline
    baseline += 2 ** bits
  })
  return { baselines, extraBits: Uint8Array.from(extraBits) }
}
