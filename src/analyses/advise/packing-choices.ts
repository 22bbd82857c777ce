import type { PackingSettings } from './packing.ts'

/** The sizes of blocks that squashfs allows, from where larger ones still gain. In bytes. */
const BLOCK_SIZES = [1 << 17, 1 << 18, 1 << 19, 1 << 20]

/** A compressor as settings name it. */
export interface KnownCompressor {
  readonly name: string
  readonly level: number | 'x86' | 'plain'
}

/** A way to pack, and the compressor that tells what it brings. */
export interface PackingChoice<Compressor extends KnownCompressor> {
  readonly settings: PackingSettings
  readonly compressor: Compressor
  /** Whether the image is packed so. */
  readonly isNow: boolean
}

/** The level in the options of a compressor: 19 of "level 19"; undefined if they have none. */
export function levelIn(options: string | null): number | undefined {
  const level = /\blevel (\d+)/.exec(options ?? '')?.[1]
  return level === undefined ? undefined : Number(level)
}

/** What to estimate for a squashfs: each compressor with the blocks that it has, and other blocks with its compressor. */
export function packingChoices<Compressor extends KnownCompressor>(
  { compressor, options, blockSize }: { compressor: string; options: string | null; blockSize: number },
  found: readonly Compressor[],
): readonly PackingChoice<Compressor>[] {
  const own = found.find(({ name, level }) => {
    if (name !== compressor) return false
    if (name === 'zstd') return level === (levelIn(options) ?? 15)
    return name === 'gzip' || (level === 'x86') === (options ?? '').includes('x86')
  })
  const choice = (known: Compressor, size: number): PackingChoice<Compressor> => ({
    settings: { compressor: known.name, options: optionsOf(known), blockSize: size },
    compressor: known,
    isNow: known === own && size === blockSize,
  })
  return [
    ...found.map((known) => choice(known, blockSize)),
    ...(own === undefined ? [] : BLOCK_SIZES.filter((size) => size !== blockSize).map((size) => choice(own, size))),
  ]
}

function optionsOf({ name, level }: KnownCompressor): string {
  if (name === 'xz') return level === 'x86' ? 'dictionary of a block, filter for x86' : 'dictionary of a block'
  return `level ${level}`
}

/** The words of mksquashfs for a packing: "zstd -Xcompression-level 22". */
export function mksquashfsWords({ compressor, options }: PackingSettings): string {
  if (compressor === 'xz') return options.includes('x86') ? 'xz -Xdict-size 100% -Xbcj x86' : 'xz -Xdict-size 100%'
  return `${compressor} -Xcompression-level ${levelIn(options)}`
}
