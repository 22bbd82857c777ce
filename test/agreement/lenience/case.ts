/** One field of an image that is not as the format has it, and what each reader makes of that. */
export interface Case {
  /** The structure the field stands in, by the format's name. */
  readonly structure: string
  readonly field: string
  /** What is wrong with it. */
  readonly change: string
  /** The image as it should be, and as it is. */
  readonly sound: () => Uint8Array
  readonly changed: () => Uint8Array
  /** The verdict on each reader, in the order of the table's columns. */
  readonly readers: readonly string[]
  /** The verdict on isoscope. */
  readonly isoscope: string
  /** The verdict before this was measured, where it was another. */
  readonly before?: string
  /** Why isoscope does that, where it is stricter than Linux and another, or otherwise needs a word. */
  readonly why?: string
}

/** The case in words, different from all others. */
export function titleOf({ structure, field, change }: Case): string {
  return `${structure}, ${field}: ${change}`
}

type Row = (
  field: string,
  change: string,
  images: Pick<Case, 'sound' | 'changed'>,
  readers: string,
  isoscope: string,
  more?: Pick<Case, 'before' | 'why'>,
) => Case

/** Makes the cases of a structure; verdicts of readers stand with bars between. */
export function rowsOf(structure: string): Row {
  return (field, change, images, readers, isoscope, more = {}) => ({
    structure,
    field,
    change,
    ...images,
    readers: readers.split(' | '),
    isoscope,
    ...more,
  })
}
