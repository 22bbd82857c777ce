import type { MetadataChange } from '../../analyses/metadata-changes.ts'
import type { PrivilegeChange, Privileges } from '../../analyses/privileges.ts'
import { CAPABILITY_XATTR, capabilityText } from '../../inventory/capabilities.ts'
import { modeText } from '../../views/metadata.ts'
import { base64 } from './base64.ts'
import { named, textOrBytes } from './named.ts'

/** One change of an entry's metadata. Modes are octal, times are seconds since 1970, attribute values are base64. */
export function changeJson(change: MetadataChange): object {
  switch (change.kind) {
    case 'mode':
      return { kind: change.kind, oldMode: modeText(change.before), newMode: modeText(change.after) }
    case 'owner':
      return { kind: change.kind, oldOwner: change.before, newOwner: change.after }
    case 'time':
      return { kind: change.kind, oldTime: change.before, newTime: change.after }
    case 'device':
      return { kind: change.kind, oldDevice: change.before, newDevice: change.after }
    case 'xattr': {
      const { kind, name, before, after } = change
      const value = (bytes: string | undefined): object | null =>
        bytes === undefined
          ? null
          : {
              base64: base64(bytes),
              ...(name === CAPABILITY_XATTR ? { capabilities: capabilityText(bytes) } : {}),
            }
      return { kind, ...named('name', name), oldValue: value(before), newValue: value(after) }
    }
    case 'hardLink': {
      const { kind, before, after } = change
      const names = (some: typeof before): object | null =>
        some === undefined ? null : { first: textOrBytes(some.first), nameCount: some.names }
      return { kind, oldLinks: names(before), newLinks: names(after) }
    }
  }
}

/** The privileges that an entry gives, before and after. */
export function privilegeJson({ before, after, modes }: PrivilegeChange): object {
  return { oldPrivileges: sideJson(before, modes.before), newPrivileges: sideJson(after, modes.after) }
}

function sideJson(privileges: Privileges | undefined, mode: number | undefined): object | null {
  if (mode === undefined) return null
  const { setuid = null, setgid = null, capabilities = null } = privileges ?? {}
  return { mode: modeText(mode), setuid, setgid, capabilities }
}
