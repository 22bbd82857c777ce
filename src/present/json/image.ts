/** The file of an image. */
export interface NamedImage {
  readonly name: string
  /** In bytes. */
  readonly size: number
}

/** An image, as all JSON tells of it. A report says more. */
export function imageJson({ name, size }: NamedImage): object {
  return { name, size }
}
