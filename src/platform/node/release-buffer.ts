/** Smaller buffers are not worth the call. They may also be parts of Node's pool, which others use. */
const WORTH_GIVING_BACK = 1 << 16

type Detach = (buffer: ArrayBuffer) => void
let detach: Detach | undefined

/**
 * Frees the memory of bytes at once, if they start their buffer and no other code uses it. The next block of this size
 * then gets warm memory. If we leave it to V8, dozens of blocks pile up, and the system has to clear each of them
 * first. A scan then takes a tenth longer and a third more memory. The caller must not use the bytes afterwards.
 */
export function releaseBuffer(bytes: Uint8Array): void {
  const { buffer, byteOffset } = bytes
  if (buffer.byteLength <= WORTH_GIVING_BACK || byteOffset !== 0 || !(buffer instanceof ArrayBuffer)) return
  detach ??= howToDetach()
  try {
    detach(buffer)
  } catch {
    // If the buffer cannot be detached, we leave it to V8.
  }
}

function howToDetach(): Detach {
  // ECMAScript 2024, from Node 21 on.
  if ('transfer' in ArrayBuffer.prototype) {
    return (buffer) => (buffer as ArrayBuffer & { transfer(length: number): ArrayBuffer }).transfer(0)
  }
  // A buffer that we transfer to a closed port is dropped (HTML, 9.4.3, message port post message steps).
  const { port1 } = new MessageChannel()
  port1.close()
  return (buffer) => port1.postMessage(undefined, [buffer])
}
