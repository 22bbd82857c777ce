/** The part of the WebAssembly JavaScript Interface (W3C) that we use. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown }
  readonly RuntimeError: new () => Error
}

/** What every module exports. */
export interface ModuleExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number }
  /** Where the caller's memory begins, in bytes. */
  readonly CALLER: { readonly value: number }
}

/** Bytes that a decoder may read and write past both ends of its input and output: see assembly/memory.ts. */
export const MARGIN = 64
const PAGE = 65_536
/**
 * V8 looks for memory for tens of milliseconds before it gives up, so we do not ask for each block anew: only after this
 * many blocks, and after twice as many each time.
 */
const FIRST_WAIT = 100
/** Above this, addresses would not be positive as 32-bit numbers. In bytes. */
const LARGEST_MEMORY = 2 ** 31 - PAGE

/** Undefined where WebAssembly is not allowed: under `--jitless`, or by the Content Security Policy of a page. */
function webAssembly(): WebAssemblyApi | undefined {
  return (globalThis as { readonly WebAssembly?: WebAssemblyApi }).WebAssembly
}

/** A module, compiled at its first use. */
export interface Module<Exports extends ModuleExports> {
  /** A new instance; undefined where we cannot run WebAssembly, or not with SIMD. */
  readonly instantiate: () => Exports | undefined
}

/** @param text the module in base64 */
export function moduleOf<Exports extends ModuleExports>(text: string): Module<Exports> {
  /** Null once we know that it does not work here. */
  let module: object | null | undefined
  /** Requests to refuse before we try again, and after the next failure. */
  let left = 0
  let wait = FIRST_WAIT
  return {
    instantiate() {
      const api = webAssembly()
      if (api === undefined || module === null) return undefined
      if (left > 0) {
        left -= 1
        return undefined
      }
      try {
        module ??= new api.Module(bytesOf(text))
      } catch {
        module = null
        return undefined
      }
      try {
        return new api.Instance(module, {}).exports as Exports
      } catch {
        // There is no memory for another instance now. There may be later.
        left = wait
        wait *= 2
        return undefined
      }
    },
  }
}

/** Whether an error is a trap. An instance that trapped must not be used again. */
export function isTrap(error: unknown): boolean {
  const api = webAssembly()
  return api !== undefined && error instanceof api.RuntimeError
}

/**
 * Makes the memory of an instance at least `size` bytes long. Arrays over it are empty afterwards.
 * @returns whether there was enough memory
 */
export function growMemory({ memory }: ModuleExports, size: number): boolean {
  const missing = size - memory.buffer.byteLength
  if (missing <= 0) return true
  if (size > LARGEST_MEMORY) return false
  try {
    memory.grow(Math.ceil(missing / PAGE))
    return true
  } catch {
    return false
  }
}

function bytesOf(base64: string): Uint8Array {
  const text = atob(base64)
  const bytes = new Uint8Array(text.length)
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index)
  return bytes
}
