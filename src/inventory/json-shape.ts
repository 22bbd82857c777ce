/** A problem with a JSON value, and its place in the value: "accounts[3].own", "is missing". */
export interface ShapeFlaw {
  /** '' for the value itself. */
  readonly place: string
  readonly problem: string
}

/**
 * Finds a problem with a JSON value; undefined if the value has the shape. We build the text of a place only for a
 * flaw.
 */
export type Shape = (value: unknown) => ShapeFlaw | undefined

/** A JSON value that does not have its shape. The message is a sentence such as "accounts[3].own is missing". */
export class ShapeError extends Error {
  override readonly name: string = 'ShapeError'

  constructor({ place, problem }: ShapeFlaw) {
    super(`${place === '' ? 'it' : place.replace(/^\./, '')} ${problem}`)
  }
}

/** @throws {ShapeError} with the first place where a value does not have the shape */
export function checkShape(value: unknown, shape: Shape): void {
  const flaw = shape(value)
  if (flaw !== undefined) throw new ShapeError(flaw)
}

/** A value that passes a test. */
export function where(isRight: (value: unknown) => boolean, problem: string): Shape {
  return (value) => (isRight(value) ? undefined : { place: '', problem })
}

export const text: Shape = where((value) => typeof value === 'string', 'must be text')
export const flag: Shape = where((value) => typeof value === 'boolean', 'must be true or false')
export const count: Shape = where(
  (value) => Number.isSafeInteger(value) && (value as number) >= 0,
  'must be a whole number, 0 or more',
)

export function oneOf(...values: readonly (string | null)[]): Shape {
  const known = new Set<unknown>(values)
  return where((value) => known.has(value), `must be one of ${values.map((value) => JSON.stringify(value)).join(', ')}`)
}

/** A value that may be missing. */
export function optional(shape: Shape): Shape {
  return (value) => (value === undefined ? undefined : shape(value))
}

export function nullable(shape: Shape): Shape {
  return (value) => (value === null ? undefined : shape(value))
}

/** A list of any length. */
export function list(item: Shape): Shape {
  return (value) => {
    if (!Array.isArray(value)) return { place: '', problem: 'must be a list' }
    for (let index = 0; index < value.length; index += 1) {
      const flaw = item(value[index])
      if (flaw !== undefined) return { ...flaw, place: `[${index}]${flaw.place}` }
    }
    return undefined
  }
}

/** A list with one item for each shape. */
export function tuple(...items: readonly Shape[]): Shape {
  return (value) => {
    if (!Array.isArray(value)) return { place: '', problem: 'must be a list' }
    return firstFlaw(items.entries(), value, (index) => `[${index}]`)
  }
}

/** An object, which may have other keys too. */
export function object<T>(fields: { readonly [Key in keyof T]-?: Shape }): Shape {
  const shapes = Object.entries<Shape>(fields)
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return { place: '', problem: 'must be an object' }
    }
    return firstFlaw(shapes, value, (key) => `.${key}`)
  }
}

function firstFlaw<Key extends string | number>(
  shapes: Iterable<readonly [Key, Shape]>,
  value: object,
  placeOf: (key: Key) => string,
): ShapeFlaw | undefined {
  for (const [key, shape] of shapes) {
    const part = (value as Record<string | number, unknown>)[key]
    const flaw = shape(part)
    if (flaw === undefined) continue
    return { place: placeOf(key) + flaw.place, problem: part === undefined ? 'is missing' : flaw.problem }
  }
  return undefined
}
