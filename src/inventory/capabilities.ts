import { type ByteString, bytesOf } from '../../parsers/bytes/byte-string.ts'

/** The extended attribute that holds file capabilities. */
export const CAPABILITY_XATTR = 'security.capability'

/** Capabilities by number (linux/capability.h, CAP_CHOWN = 0 to CAP_CHECKPOINT_RESTORE = 40). */
// biome-ignore format: a few names a line
const NAMES = [
  'chown', 'dac_override', 'dac_read_search', 'fowner', 'fsetid', 'kill', 'setgid', 'setuid', 'setpcap',
  'linux_immutable', 'net_bind_service', 'net_broadcast', 'net_admin', 'net_raw', 'ipc_lock', 'ipc_owner',
  'sys_module', 'sys_rawio', 'sys_chroot', 'sys_ptrace', 'sys_pacct', 'sys_admin', 'sys_boot', 'sys_nice',
  'sys_resource', 'sys_time', 'sys_tty_config', 'mknod', 'lease', 'audit_write', 'audit_control', 'setfcap',
  'mac_override', 'mac_admin', 'syslog', 'wake_alarm', 'block_suspend', 'audit_read', 'perfmon', 'bpf',
  'checkpoint_restore',
]

/** VFS_CAP_FLAGS_EFFECTIVE of `magic_etc`; its revision is in the highest byte. */
const EFFECTIVE = 1
/** Bytes of vfs_cap_data (revisions 1 and 2) and vfs_ns_cap_data (revision 3), and 32-bit words in each of its sets. */
const LAYOUTS: Readonly<Record<number, { readonly length: number; readonly words: number }>> = {
  1: { length: 12, words: 1 },
  2: { length: 20, words: 2 },
  3: { length: 24, words: 2 },
}

/**
 * The value of `security.capability` in getcap's notation: "cap_net_raw=ep", "cap_kill,cap_setuid=eip".
 * The layout is in linux/capability.h: magic_etc, then permitted and inheritable for each word, then the root's id.
 */
export function capabilityText(value: ByteString): string {
  const bytes = bytesOf(value)
  const view = new DataView(bytes.buffer)
  const magic = bytes.length < 4 ? 0 : view.getUint32(0, true)
  const revision = magic >>> 24
  const layout = LAYOUTS[revision]
  if (layout === undefined) return `of revision ${revision}, which is not known (${bytes.length} bytes)`
  if (bytes.length !== layout.length) return `not whole (${bytes.length} of ${layout.length} bytes)`
  const groups = new Map<string, string[]>()
  for (let number = 0; number < layout.words * 32; number += 1) {
    const at = 4 + (number >>> 5) * 8
    const has = (offset: number): boolean => ((view.getUint32(at + offset, true) >>> (number & 31)) & 1) === 1
    const [permitted, inheritable] = [has(0), has(4)]
    if (!permitted && !inheritable) continue
    // One flag covers the whole file: it makes everything permitted or inheritable effective too.
    const flags = `${(magic & EFFECTIVE) === 0 ? '' : 'e'}${inheritable ? 'i' : ''}${permitted ? 'p' : ''}`
    const name = NAMES[number] === undefined ? String(number) : `cap_${NAMES[number]}`
    groups.set(flags, [...(groups.get(flags) ?? []), name])
  }
  // If all capabilities are set, getcap omits the names too.
  const text = [...groups].map(([flags, names]) => `${names.length === NAMES.length ? '' : names.join(',')}=${flags}`)
  const owner = revision === 3 ? view.getUint32(20, true) : 0
  return `${text.length === 0 ? '=' : text.join(' ')}${owner === 0 ? '' : ` [rootid=${owner}]`}`
}
