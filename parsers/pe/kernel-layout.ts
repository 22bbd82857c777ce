import type { Image } from '../image.ts'
import type { NamedPlace, StoredPart } from './stored-parts.ts'

/** What a kernel image is made of. */
export interface KernelLayout {
  readonly facts: Image['facts']
  readonly parts: readonly StoredPart[]
  readonly structures: readonly NamedPlace[]
  /** Where the image ends. Signed images have a certificate table behind it. */
  readonly end: number
}
