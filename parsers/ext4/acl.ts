/** The version of access control lists on disk (kernel: fs/ext4/acl.h), and of attributes (posix_acl_xattr.h). */
const DISK_VERSION = 1
const XATTR_VERSION = 2
/** Tags of the entries that have a user or group (kernel: include/uapi/linux/posix_acl.h, ACL_USER and ACL_GROUP). */
const WITH_ID = [2, 8]
const NO_ID = 0xffffffff

/**
 * An access control list as Linux shows it in an attribute. On disk, entries without a user or group are shorter. A list
 * that is damaged stays as it is.
 */
export function aclXattr(stored: Uint8Array): Uint8Array {
  const view = new DataView(stored.buffer, stored.byteOffset, stored.length)
  if (stored.length < 4 || view.getUint32(0, true) !== DISK_VERSION) return stored
  const entries: { tag: number; permissions: number; id: number }[] = []
  for (let at = 4; at < stored.length; ) {
    if (at + 4 > stored.length) return stored
    const tag = view.getUint16(at, true)
    const permissions = view.getUint16(at + 2, true)
    const hasId = WITH_ID.includes(tag)
    if (hasId && at + 8 > stored.length) return stored
    entries.push({ tag, permissions, id: hasId ? view.getUint32(at + 4, true) : NO_ID })
    at += hasId ? 8 : 4
  }
  const shown = new DataView(new ArrayBuffer(4 + 8 * entries.length))
  shown.setUint32(0, XATTR_VERSION, true)
  for (const [index, { tag, permissions, id }] of entries.entries()) {
    shown.setUint16(4 + 8 * index, tag, true)
    shown.setUint16(6 + 8 * index, permissions, true)
    shown.setUint32(8 + 8 * index, id, true)
  }
  return new Uint8Array(shown.buffer)
}
