import type { Hint, OptionSetting, Refusal } from './hint.ts'
import { isBefore } from './release.ts'

/** An option of a module, and the entries that set it. */
export interface ModuleSetting {
  readonly name: string
  /** Nix expressions: several only if their values are joined. */
  readonly values: readonly string[]
  readonly force: boolean
  readonly ids: readonly string[]
}

/** The settings of a module by the name of the option. */
export type ModuleSettings = ReadonlyMap<string, ModuleSetting>

/** A module with the options of one more entry. */
export function withHint(settings: ModuleSettings, { id, options }: Hint): ModuleSettings {
  const all = new Map(settings)
  for (const { name, value, force, joins } of options) {
    const known = all.get(name)
    const values =
      known === undefined || joins !== true ? [value] : [...known.values.filter((other) => other !== value), value]
    const ids = [...(known?.ids ?? []), id]
    all.set(name, { name, values, force: force === true || known?.force === true, ids })
  }
  return all
}

/**
 * Why the options of an entry cannot be in a module beside those of others: they set an option to another value, or set a
 * part of it. Undefined if they can.
 */
export function conflictWith(settings: ModuleSettings, { options }: Hint): string | undefined {
  for (const { name, value, joins } of options) {
    for (const other of settings.values()) {
      const [by] = other.ids
      if (other.name === name && joins !== true && !other.values.includes(value)) return `${by} sets ${name} otherwise`
      if (name.startsWith(`${other.name}.`)) return `${by} sets all of ${other.name}`
      if (other.name.startsWith(`${name}.`)) return `${by} sets ${other.name}, a part of ${name}`
    }
  }
  return undefined
}

/**
 * The combination in a module that NixOS refuses, if there is one.
 * @param kernel the version of the image's kernel, as "6.18"
 */
export function refusedIn(
  settings: ModuleSettings,
  refusals: readonly Refusal[],
  kernel: string | undefined,
): Refusal | undefined {
  const isSet = ({ option, value }: { readonly option: string; readonly value: string }): boolean =>
    settings.get(option)?.values.includes(value) === true
  return refusals.find(
    (refusal) =>
      refusal.if.every(isSet) &&
      !refusal.unless.some(isSet) &&
      (refusal.kernelBelow === undefined || (kernel !== undefined && isBefore(kernel, refusal.kernelBelow))),
  )
}

/** A setting as a line of a module: "documentation.enable = lib.mkForce false;". */
export function optionLine({ name, value, force }: OptionSetting): string {
  return settingLine({ name, values: [value], force: force === true, ids: [] })
}

/** The same for a setting of several values. Lists are joined, and other values are left to the module system. */
export function settingLine({ name, values, force }: ModuleSetting): string {
  const [first = ''] = values
  const areLists = values.every((value) => value.startsWith('['))
  const value =
    values.length === 1
      ? first
      : areLists
        ? values.join(' ++ ')
        : `lib.mkMerge [ ${values.map(inParentheses).join(' ')} ]`
  return `${name} = ${force ? 'lib.mkForce ' : ''}${value};`
}

function inParentheses(value: string): string {
  return `(${value})`
}
