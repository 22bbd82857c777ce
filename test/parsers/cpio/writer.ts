import { latin1 } from '../iso9660/image-builder.ts'
import { concat } from '../squashfs/writer.ts'

/** A member of an archive. Numbers are written as they are, also where they are wrong. */
export interface MemberFields {
  readonly name: string
  readonly content?: string | Uint8Array
  readonly format?: 'newc' | 'crc' | 'odc'
  readonly ino?: number
  readonly mode?: number
  readonly uid?: number
  readonly gid?: number
  readonly nlink?: number
  readonly mtime?: number
  readonly device?: readonly [major: number, minor: number]
  readonly rdev?: readonly [major: number, minor: number]
  /** What the header states, if it is not right. */
  readonly filesize?: number
  readonly namesize?: number
  readonly check?: number
  /** The name with its NUL, if it is to end otherwise. */
  readonly writtenName?: string
}

const MAGICS = { newc: '070701', crc: '070702', odc: '070707' } as const

/** One member, with its padding. */
export function member(fields: MemberFields): Uint8Array {
  const { name, format = 'newc', ino = 1, mode = 0o100644, uid = 0, gid = 0, nlink = 1, mtime = 0 } = fields
  const [devmajor, devminor] = fields.device ?? [0, 0]
  const [rdevmajor, rdevminor] = fields.rdev ?? [0, 0]
  const content = typeof fields.content === 'string' ? latin1(fields.content) : (fields.content ?? new Uint8Array(0))
  const writtenName = latin1(fields.writtenName ?? `${name}\0`)
  const namesize = fields.namesize ?? writtenName.length
  const filesize = fields.filesize ?? content.length
  if (format === 'odc') {
    const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0')
    const [dev, rdev] = [devmajor * 256 + devminor, rdevmajor * 256 + rdevminor]
    const small = [dev, ino, mode, uid, gid, nlink, rdev].map((value) => octal(value, 6)).join('')
    const head = `${MAGICS.odc}${small}${octal(mtime, 11)}${octal(namesize, 6)}${octal(filesize, 11)}`
    return concat(latin1(head), writtenName, content)
  }
  const check = fields.check ?? (format === 'crc' ? content.reduce((sum, byte) => sum + byte, 0) >>> 0 : 0)
  const numbers = [ino, mode, uid, gid, nlink, mtime, filesize, devmajor, devminor, rdevmajor, rdevminor, namesize]
  const head = [...numbers, check].map((value) => value.toString(16).padStart(8, '0')).join('')
  return concat(padded(concat(latin1(MAGICS[format] + head), writtenName)), padded(content))
}

/** An archive of these members, with its trailer. */
export function archive(...members: readonly (MemberFields | Uint8Array)[]): Uint8Array {
  return archiveOf(members)
}

/** The same for any number of members. */
export function archiveOf(members: readonly (MemberFields | Uint8Array)[]): Uint8Array {
  const written = members.map((one) => (one instanceof Uint8Array ? one : member(one)))
  const first = members.find((one): one is MemberFields => !(one instanceof Uint8Array))
  return Buffer.concat([...written, trailer(first?.format)])
}

export function trailer(format: MemberFields['format'] = 'newc'): Uint8Array {
  return member({ name: 'TRAILER!!!', mode: 0, ino: 0, format })
}

/** Zeros up to a multiple of `unit`. */
export function padded(bytes: Uint8Array, unit = 4): Uint8Array {
  return concat(bytes, new Uint8Array(Math.ceil(bytes.length / unit) * unit - bytes.length))
}

/** The fields of a directory and of a link. */
export const folder = (name: string, more: Partial<MemberFields> = {}): MemberFields => ({
  name,
  mode: 0o40755,
  nlink: 2,
  ...more,
})
export const symlink = (name: string, target: string): MemberFields => ({ name, mode: 0o120777, content: target })
