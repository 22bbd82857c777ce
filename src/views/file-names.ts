import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { oncePer } from '../../parsers/bytes/once-per.ts'
import { type Account, isBesideTree } from '../inventory/attribution.ts'
import { longNameOf } from '../owners/names.ts'
import { type NameCell, name } from './cell.ts'

/**
 * The paths of a file: "live/initrd.img = live/initrd.img-6.1.0-50" for two, "a +3 names" for more. Where two paths do
 * not fit, it is "live/initrd.img +1 name".
 */
export function fileName(path: ByteString, otherNames: readonly ByteString[] = []): NameCell {
  const [other] = otherNames
  if (other === undefined) return name(path)
  const shorter = `${path} +${otherNames.length} name${otherNames.length === 1 ? '' : 's'}`
  return otherNames.length === 1 ? { kind: 'name', short: `${path} = ${other}`, shorter } : name(shorter)
}

/** The same for a narrow column: without the first slash. */
export function narrowFileName(path: ByteString, otherNames: readonly ByteString[] = []): NameCell {
  return fileName(path.slice(1), otherNames.map(withoutSlash))
}

function withoutSlash(path: ByteString): ByteString {
  return path.slice(1)
}

/** What an account is called in a narrow column: "boot/…/linux-6.1.192" for a store path, "usr/…/libc6:i386 2.36" for a package. */
export function accountName(account: Account): NameCell {
  if (isBesideTree(account)) return name(account.name)
  if (account.owner === undefined) return narrowFileName(account.name, account.otherNames)
  const path = account.name.slice(1)
  return name(`${path.slice(0, path.indexOf('/') + 1)}${DOTS}/${longNameOf(account.owner)}`)
}

/** "…" in UTF-8. */
const DOTS: ByteString = '\xe2\x80\xa6'

/** The accounts of owners. Many images may ask for one. */
const accountsOfOwners = oncePer((accounts: readonly Account[]) => accounts.filter(({ kind }) => kind === 'owner'))

/** The path of an image inside; in an owner, "boot/…/initrd-linux-6.1.192/initrd". */
export function imageName(path: ByteString, accounts: readonly Account[]): NameCell {
  const owner = accountsOfOwners(accounts).find(({ name: its }) => path.startsWith(`${its}/`))
  if (owner === undefined) return name(path.slice(1))
  return name(accountName(owner).short + path.slice(owner.name.length))
}
