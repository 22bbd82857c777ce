import type { Ajv2020 } from 'ajv/dist/2020.js'

/** A part of a schema, as JSON. */
export interface Schema {
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, Schema>>
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly prefixItems?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
}

/** What follows in a schema from one of its parts, by a name for the step. */
function partsOf({ properties = {}, additionalProperties, items, prefixItems = [], ...schema }: Schema) {
  const branches = schema.oneOf ?? schema.anyOf ?? []
  return [
    ...Object.entries(properties).map(([name, part]) => [name, part] as const),
    ...(typeof additionalProperties === 'object' ? [['*', additionalProperties] as const] : []),
    ...(items === undefined ? [] : [['[]', items] as const]),
    ...prefixItems.map((part, at) => [`[${at}]`, part] as const),
    ...branches.map((part, at) => [`|${at}`, part] as const),
  ]
}

/** The part of a schema that a reference leads to, with its place; itself, if it is no reference. */
function resolved(root: Schema, schema: Schema, place: string): { readonly schema: Schema; readonly place: string } {
  const name = schema.$ref?.replace('#/$defs/', '')
  return name === undefined ? { schema, place } : { schema: root.$defs![name]!, place: `$${name}` }
}

/** Calls back for each part of a schema, once. A part that is referred to has a place of its own: "$account/path". */
export function eachPart(root: Schema, see: (schema: Schema, place: string) => void): void {
  const seen = new Set<string>()
  const visit = (given: Schema, at: string): void => {
    const { schema, place } = resolved(root, given, at)
    if (seen.has(place)) return
    seen.add(place)
    see(schema, place)
    for (const [step, part] of partsOf(schema)) visit(part, `${place}/${step}`)
  }
  visit(root, '')
}

/**
 * The types that a part of a schema allows, with those of the items of a list: "string", "array of object". It is "number"
 * for an integer, too, "string" for its bytes, and `any` for a part that says nothing.
 */
export function typeNames(root: Schema, given: Schema): readonly string[] {
  const { schema } = resolved(root, given, '')
  const branches = schema.oneOf ?? schema.anyOf ?? []
  const own = typesOf(schema).flatMap((type) => {
    if (type === 'integer') return ['number']
    // The bytes of a text that is not UTF-8.
    if (type === 'object' && Object.keys(schema.properties ?? {}).join() === 'base64') return ['string']
    if (type !== 'array') return [type]
    const { items, prefixItems = [] } = schema
    return [...(items === undefined ? [] : [items]), ...prefixItems].flatMap((part) =>
      typeNames(root, part).map((item) => `array of ${item}`),
    )
  })
  // Branches below a type only say more about it.
  const all = own.length > 0 ? own : branches.flatMap((branch) => typeNames(root, branch))
  return all.length === 0 ? ['any'] : [...new Set(all)]
}

/** The types of which a value of a schema may be, `null` among them. */
export function typesOf({ type, const: only, enum: some = only === undefined ? [] : [only] }: Schema): string[] {
  if (type !== undefined) return [type].flat()
  return [...new Set(some.map(typeOf))]
}

function typeOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
}

/**
 * What of a schema no instance has: properties, branches, and types where there are several: "/base:null".
 * @param instances that fit the schema
 */
export function unreached(root: Schema, instances: readonly unknown[], ajv: Ajv2020): readonly string[] {
  const reached = new Set<string>()
  const compiled = new Map<Schema, (value: unknown) => unknown>()
  const fits = (schema: Schema, value: unknown): boolean => {
    const { $defs = {} } = root
    const validate = compiled.get(schema) ?? ajv.compile({ ...schema, $defs })
    compiled.set(schema, validate)
    return validate(value) === true
  }
  const visit = (given: Schema, value: unknown, at: string): void => {
    const { schema, place } = resolved(root, given, at)
    reached.add(place)
    const type = typeOf(value)
    reached.add(`${place}:${type === 'number' && typesOf(schema).includes('integer') ? 'integer' : type}`)
    const { properties = {}, additionalProperties, items, prefixItems = [], oneOf, anyOf } = schema
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) {
        const isFirst = index < prefixItems.length
        const part = isFirst ? prefixItems[index] : items
        if (part !== undefined) visit(part, item, `${place}/${isFirst ? `[${index}]` : '[]'}`)
      }
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, item] of Object.entries(value)) {
        const part = properties[name] ?? additionalProperties
        if (typeof part === 'object') visit(part, item, `${place}/${name in properties ? name : '*'}`)
      }
    }
    for (const [index, branch] of (oneOf ?? anyOf ?? []).entries()) {
      if (fits(branch, value)) visit(branch, value, `${place}/|${index}`)
    }
  }
  for (const instance of instances) visit(root, instance, '')
  const missed: string[] = []
  eachPart(root, (schema, place) => {
    const types = typesOf(schema)
    if (!reached.has(place)) missed.push(place)
    else if (types.length > 1)
      missed.push(...types.flatMap((type) => (reached.has(`${place}:${type}`) ? [] : `${place}:${type}`)))
  })
  // What lies in a part that is missed is missed with it.
  return missed.filter((place) => !missed.some((other) => place.startsWith(`${other}/`)))
}
