import { decompressLzmaAlone } from '../../../parsers/codecs/lzma/alone.ts'
import { decompressLzmaAloneStream } from '../../../parsers/codecs/lzma/alone-stream.ts'
import { describeWith, mustRun } from '../../oracle.ts'
import { machineCode } from '../../parsers/codecs/samples.ts'
import { survivesDamage } from '../../parsers/codecs/streams/agreement.ts'

const format = { decompress: decompressLzmaAlone, decompressStream: decompressLzmaAloneStream }

/** With an end marker, and without a size. */
function lzma(data: Uint8Array, ...options: string[]): Buffer {
  return mustRun('xz', ['-c', '--format=lzma', ...options], { input: data })
}

function withSize(file: Uint8Array, size: number): Uint8Array {
  const changed = Uint8Array.from(file)
  new DataView(changed.buffer).setBigUint64(5, BigInt(size), true)
  return changed
}

describeWith(['xz'], 'damaged .lzma', () => {
  // Where the size is unknown each of them takes room for 1 MiB, which is most of the time: that file is a short one.
  const text = 'The quick brown fox jumps over the lazy dog; the lazy dog sleeps over the quick fox. '.repeat(4)
  const noisy = Buffer.concat([Buffer.from(text), machineCode(100)])
  const short = noisy.subarray(-80)
  const few = '--lzma1=preset=6,lc=0,lp=0'
  // A size that is too large for the output is none to the other decoder.
  survivesDamage('text and code', format, withSize(lzma(noisy), noisy.length), noisy, false, [5, 13], [5, 0])
  survivesDamage('a short file of unknown size', format, lzma(short, few), short, false, [5, 13], [0, 0])
})
