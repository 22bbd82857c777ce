/** The schema of reports that isoscope saved before REPORT_SCHEMA. We still read them. */
export const FIRST_SCHEMA = 'isoscope/report@1'

/** New names of fields by where they are, for what has another name in a report of today. */
const RENAMED: readonly (readonly [within: string | undefined, old: string, now: string])[] = [
  [undefined, 'references', 'referencesFrom'],
  ['image', 'storePaths', 'storePathCount'],
  ['boots', 'files', 'configurations'],
  ['shared', 'storePaths', 'owners'],
]

/** A report of the first schema with the names of today. It may lack anything: its shape is checked afterwards. */
export function fromFirst(report: object): object {
  const renamed: Record<string, unknown> = { ...report }
  for (const [within, old, now] of RENAMED) {
    if (within === undefined) rename(renamed, old, now)
    else {
      const value = renamed[within]
      renamed[within] = Array.isArray(value) ? value.map((item) => copyOf(item, old, now)) : copyOf(value, old, now)
    }
  }
  return renamed
}

function copyOf(value: unknown, old: string, now: string): unknown {
  if (typeof value !== 'object' || value === null) return value
  const copy: Record<string, unknown> = { ...value }
  rename(copy, old, now)
  return copy
}

function rename(object: Record<string, unknown>, old: string, now: string): void {
  if (!Object.hasOwn(object, old)) return
  object[now] = object[old]
  delete object[old]
}
