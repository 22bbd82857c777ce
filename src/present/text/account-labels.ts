import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { type Account, isBesideTree } from '../../inventory/attribution.ts'
import { nameOf } from '../../owners/names.ts'
import { namesLabel, shortNamesLabel, withoutSlash } from './names-label.ts'
import { printable } from './printable.ts'

/** What an account is called in a table. */
export interface AccountLabel {
  readonly label: string
  /** The label of a hard-linked file if two names do not fit. */
  readonly shortLabel?: string
}

/** A path of the image for a narrow column: "boot/…/linux-6.1.192" for a store path. */
export function accountLabels(account: Account): AccountLabel {
  if (isBesideTree(account)) return { label: printable(account.name) }
  if (account.owner === undefined) return labelsOf(account.name, account.otherNames, true)
  const path = account.name.slice(1)
  const name = nameOf(account.owner)
  return { label: `${printable(path.slice(0, path.indexOf('/') + 1))}…/${printable(name)}` }
}

/** The labels of a file with all its names. */
export function labelsOf(
  path: ByteString,
  otherNames: readonly ByteString[] | undefined,
  isNarrow: boolean,
): AccountLabel {
  const [name, ...others] = isNarrow ? withoutSlash([path, ...(otherNames ?? [])]) : [path, ...(otherNames ?? [])]
  if (others.length === 0) return { label: printable(name!) }
  return { label: namesLabel(name!, others), shortLabel: shortNamesLabel(name!, others) }
}

/** The path of an image inside; in an owner, "boot/…/initrd-linux-6.1.192/initrd". */
export function insideLabel(path: ByteString, accounts: readonly Account[]): string {
  const owner = accounts.find(({ kind, name }) => kind === 'owner' && path.startsWith(`${name}/`))
  if (owner === undefined) return printable(path.slice(1))
  return accountLabels(owner).label + printable(path.slice(owner.name.length))
}
