import { growMemory, MARGIN, type Module, type ModuleExports } from '../../../../parsers/codecs/wasm/instance.ts'

/** More than a test needs: an array keeps its place only as long as the memory does not grow. */
const SIZE = 4 << 20

/** A new instance, and what gives parts of its memory, each with MARGIN bytes on both sides. */
export function moduleMemory<Exports extends ModuleExports>(
  module: Module<Exports>,
): { exports: Exports; allocate: (length: number) => Uint8Array } {
  const exports = module.instantiate()
  if (exports === undefined || !growMemory(exports, SIZE)) throw new Error('no WebAssembly')
  let next = exports.CALLER.value
  return {
    exports,
    allocate(length) {
      const start = next + MARGIN
      next = start + length + MARGIN
      if (next > SIZE) throw new Error(`${next} bytes of ${SIZE}`)
      return new Uint8Array(exports.memory.buffer, start, length)
    },
  }
}
