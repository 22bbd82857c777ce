import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { pathsOf } from '../inventory/account-paths.ts'
import type { Account } from '../inventory/attribution.ts'
import { nameOfBase } from '../owners/nix/store-path.ts'

/** What NixOS names the store path of an initrd by: "initrd-linux-6.18.2". */
const STORE_PATH = /^initrd(-linux.*)?$/
/** "initrd.img-6.1.0", "initramfs-linux.img". */
const FILE = /\/init(rd|ramfs)[^/]*$/
/** Where a system keeps those it boots with. Elsewhere are units, hooks and man pages of such names. */
const FILE_OF_SYSTEM = /(^|\/)(boot|lib\/modules)\/(.*\/)?init(rd|ramfs)[^/]*$/

/** One copy of an initrd. */
export interface InitrdCopy {
  /** A store path's name, or a file's path. */
  readonly name: ByteString
  /** Of a hard-linked file its other paths. */
  readonly otherNames?: readonly ByteString[]
  readonly bytes: number
  readonly storePath?: ByteString
  readonly region: ByteString
}

/**
 * The accounts of all initrds, told by their names: on a disc what lies there for the boot loader, and the copies of it
 * that squashfs images hold: in store paths, or in /boot of another system.
 * @param inside regions that are squashfs images
 */
export function initrdAccounts(accounts: readonly Account[], inside: ReadonlySet<ByteString>): readonly Account[] {
  const onDisc = accounts.filter(
    (account) =>
      !inside.has(account.region) &&
      (account.storePath === undefined
        ? account.kind === 'file' && pathsOf(account).some((path) => FILE.test(path))
        : nameOfBase(account.storePath).startsWith('initrd')),
  )
  const loaded = new Set(onDisc.flatMap(({ storePath }) => storePath ?? []))
  const copies = accounts.filter((account) => {
    const { region, kind, storePath } = account
    if (!inside.has(region)) return false
    if (storePath !== undefined) return loaded.has(storePath) || STORE_PATH.test(nameOfBase(storePath))
    return kind === 'file' && pathsOf(account).some((path) => FILE_OF_SYSTEM.test(path.slice(region.length)))
  })
  return [...onDisc, ...copies]
}

/** The copies behind the accounts, the largest first. Other names of a file, and links to it, are no copies. */
export function initrdCopies(accounts: readonly Account[]): readonly InitrdCopy[] {
  const isCopy = ({ storePath, files }: Account): boolean => storePath !== undefined || files > 0
  const first = accounts.filter(isCopy)
  const sums = new Map(first.map((account) => [account, account.own]))
  for (const account of accounts) {
    if (isCopy(account)) continue
    const distance = ({ own }: Account): number => Math.abs(own - account.own)
    const [nearest] = first.filter(({ region }) => region === account.region).sort((a, b) => distance(a) - distance(b))
    const owner = nearest ?? account
    sums.set(owner, (sums.get(owner) ?? 0) + account.own)
  }
  return Array.from(sums, ([{ name, otherNames, storePath, region }, bytes]) => ({
    name: storePath === undefined ? name : nameOfBase(storePath),
    ...(otherNames === undefined ? {} : { otherNames }),
    bytes,
    ...(storePath === undefined ? {} : { storePath }),
    region,
  })).sort((a, b) => b.bytes - a.bytes)
}
