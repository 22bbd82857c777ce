import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { CAPABILITY_XATTR, capabilityText } from '../inventory/capabilities.ts'
import type { StoreFile } from '../inventory/store-files.ts'

/** What an entry lets whoever runs it do. */
export interface Privileges {
  /** The user it runs as. */
  readonly setuid?: number
  /** The group it runs as; of a directory, the group of what is made in it. */
  readonly setgid?: number
  /** File capabilities, as getcap writes them. */
  readonly capabilities?: string
}

/** An entry that gives other privileges than it did. */
export interface PrivilegeChange {
  /** The entry itself: whether it is in both images. */
  readonly class: 'new' | 'gone' | 'changed'
  /** Base name of the store path it is in, the new one where it is in both. */
  readonly base?: ByteString
  readonly path: ByteString
  /** Absent where the entry is not there, or gives none. */
  readonly before?: Privileges
  readonly after?: Privileges
  /** Absent where the entry is not there. */
  readonly modes: { readonly before?: number; readonly after?: number }
}

const SETUID = 0o4000
const SETGID = 0o2000

/** What an entry gives; undefined for nearly all. */
export function privilegesOf({ type, metadata }: StoreFile): Privileges | undefined {
  if (metadata === undefined || type === 'symlink') return undefined
  const { mode, uid, gid, xattrs } = metadata
  const value = xattrs?.find(({ name }) => name === CAPABILITY_XATTR)?.value
  if ((mode & (SETUID | SETGID)) === 0 && value === undefined) return undefined
  return {
    ...((mode & SETUID) === 0 ? {} : { setuid: uid }),
    ...((mode & SETGID) === 0 ? {} : { setgid: gid }),
    ...(value === undefined ? {} : { capabilities: capabilityText(value) }),
  }
}

/** How an entry's privileges changed; one of both sides may be missing. */
export function privilegeChange(
  old: StoreFile | undefined,
  now: StoreFile | undefined,
  base: ByteString | undefined,
): PrivilegeChange | undefined {
  const before = old === undefined ? undefined : privilegesOf(old)
  const after = now === undefined ? undefined : privilegesOf(now)
  if (before === undefined && after === undefined) return undefined
  if (
    before?.setuid === after?.setuid &&
    before?.setgid === after?.setgid &&
    before?.capabilities === after?.capabilities
  ) {
    return undefined
  }
  return {
    class: old === undefined ? 'new' : now === undefined ? 'gone' : 'changed',
    ...(base === undefined ? {} : { base }),
    path: (now ?? old)!.path,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    modes: {
      ...(old?.metadata === undefined ? {} : { before: old.metadata.mode }),
      ...(now?.metadata === undefined ? {} : { after: now.metadata.mode }),
    },
  }
}
