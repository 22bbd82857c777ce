import type { NamedOption } from '../analyses/advise/named-option.ts'

/** The name of an option, and whether more than it is needed. */
export function optionName({ name, isEnough }: NamedOption): string {
  return isEnough ? name : `${name}, not enough alone`
}
