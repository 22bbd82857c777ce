import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { pathsOf } from '../inventory/account-paths.ts'
import type { Account } from '../inventory/attribution.ts'
import { nameOf } from '../owners/names.ts'
import type { HoldingImage } from './holding-image.ts'

/** NixOS's name for the owner of an initrd: "initrd-linux-6.18.2". */
const STORE_PATH = /^initrd(-linux.*)?$/
/** "initrd.img-6.1.0", "initramfs-linux.img". */
const FILE = /\/init(rd|ramfs)[^/]*$/
/** The directories in which a system keeps its initrds. Elsewhere, units, hooks and man pages have similar names. */
const FILE_OF_SYSTEM = /(^|\/)(boot|lib\/modules)\/(.*\/)?init(rd|ramfs)[^/]*$/

export interface InitrdCopy {
  /** The name of an owner, or the path of a file. */
  readonly name: ByteString
  /** The other paths of a hard-linked file. */
  readonly otherNames?: readonly ByteString[]
  readonly bytes: number
  readonly owner?: ByteString
  readonly region: ByteString
}

/**
 * The accounts of all initrds, recognised by name: those on a disc for the boot loader, and copies of them in file
 * systems, in owners or in /boot of another system.
 */
export function initrdAccounts(accounts: readonly Account[], fileSystemOf: HoldingImage): readonly Account[] {
  const onDisc = accounts.filter(
    (account) =>
      fileSystemOf(account.region) === undefined &&
      (account.owner === undefined
        ? account.kind === 'file' && pathsOf(account).some((path) => FILE.test(path))
        : nameOf(account.owner).startsWith('initrd')),
  )
  const loaded = new Set(onDisc.flatMap(({ owner }) => owner ?? []))
  const copies = accounts.filter((account) => {
    const { region, kind, owner } = account
    if (fileSystemOf(region) === undefined) return false
    if (owner !== undefined) return loaded.has(owner) || STORE_PATH.test(nameOf(owner))
    return kind === 'file' && pathsOf(account).some((path) => FILE_OF_SYSTEM.test(path.slice(region.length)))
  })
  return [...onDisc, ...copies]
}

/** The copies in the accounts, largest first. Other names of a file, and links to it, are not copies. */
export function initrdCopies(accounts: readonly Account[]): readonly InitrdCopy[] {
  const isCopy = ({ owner, files }: Account): boolean => owner !== undefined || files > 0
  const first = accounts.filter(isCopy)
  const sums = new Map(first.map((account) => [account, account.own]))
  for (const account of accounts) {
    if (isCopy(account)) continue
    const distance = ({ own }: Account): number => Math.abs(own - account.own)
    const [nearest] = first.filter(({ region }) => region === account.region).sort((a, b) => distance(a) - distance(b))
    const owner = nearest ?? account
    sums.set(owner, (sums.get(owner) ?? 0) + account.own)
  }
  return Array.from(sums, ([{ name, otherNames, owner, region }, bytes]) => ({
    name: owner === undefined ? name : nameOf(owner),
    ...(otherNames === undefined ? {} : { otherNames }),
    bytes,
    ...(owner === undefined ? {} : { owner }),
    region,
  })).sort((a, b) => b.bytes - a.bytes)
}
