import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { CAPABILITY_XATTR, capabilityText } from '../inventory/capabilities.ts'
import type { FileFacts } from '../inventory/file-facts.ts'

/** The privileges that an entry gives to all users who run it. */
export interface Privileges {
  /** The user it runs as. */
  readonly setuid?: number
  /** The group it runs as; for a directory, the group of files created in it. */
  readonly setgid?: number
  /** File capabilities, in getcap's notation. */
  readonly capabilities?: string
}

/** An entry whose privileges changed. */
export interface PrivilegeChange {
  /** Whether the entry itself is in both images or in one. */
  readonly class: 'new' | 'gone' | 'changed'
  /** Key of its owner: the new one, if both images have the entry. */
  readonly owner?: ByteString
  readonly path: ByteString
  /** Absent if the entry does not exist or gives no privileges. */
  readonly before?: Privileges
  readonly after?: Privileges
  /** Absent if the entry does not exist. */
  readonly modes: { readonly before?: number; readonly after?: number }
}

const SETUID = 0o4000
const SETGID = 0o2000

/** The privileges that an entry gives; undefined for nearly all entries. */
function privilegesOf({ type, metadata }: FileFacts): Privileges | undefined {
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

/** How the privileges of an entry changed; one of the two sides may be missing. */
export function privilegeChange(
  old: FileFacts | undefined,
  now: FileFacts | undefined,
  owner: ByteString | undefined,
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
    ...(owner === undefined ? {} : { owner }),
    path: (now ?? old)!.path,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    modes: {
      ...(old?.metadata === undefined ? {} : { before: old.metadata.mode }),
      ...(now?.metadata === undefined ? {} : { after: now.metadata.mode }),
    },
  }
}
