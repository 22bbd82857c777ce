import { type ByteString, bytesOf, textOf, UNSAFE } from '../../parsers/bytes/byte-string.ts'
import { utcTime } from '../../parsers/bytes/utc-time.ts'
import type { OtherNames } from '../analyses/hard-links.ts'
import type { MetadataChange, UnixOwner } from '../analyses/metadata-changes.ts'
import type { EntryChange, MetadataSum } from '../analyses/metadata-diff.ts'
import type { PrivilegeChange, Privileges } from '../analyses/privileges.ts'
import { CAPABILITY_XATTR, capabilityText } from '../inventory/capabilities.ts'
import { nameOf } from '../owners/names.ts'
import { count, type NameCell, name, plural, text, type Words } from './cell.ts'

/** The names of the mode bits that we mention when they change. */
const SPECIAL_BITS = [
  [0o4000, 'setuid'],
  [0o2000, 'setgid'],
  [0o1000, 'sticky'],
] as const

/** One change of an entry: "mode 0755 → 4755 (setuid)". */
export function changeWords(change: MetadataChange): Words {
  switch (change.kind) {
    case 'mode': {
      const { before, after } = change
      const bits = SPECIAL_BITS.flatMap(([bit, its]) => {
        if ((before & bit) === (after & bit)) return []
        return (after & bit) === 0 ? [`no longer ${its}`] : [its]
      })
      return [`mode ${modeText(before)} → ${modeText(after)}${bits.length === 0 ? '' : ` (${bits.join(', ')})`}`]
    }
    case 'owner':
      return [`owner ${ownerText(change.before)} → ${ownerText(change.after)}`]
    case 'time':
      return [`modified ${timeText(change.before)} → ${timeText(change.after)}`]
    case 'device': {
      const { before, after } = change
      return [`device ${before.major}:${before.minor} → ${after.major}:${after.minor}`]
    }
    case 'xattr':
      return xattrWords(change)
    case 'hardLink': {
      const { before, after } = change
      return [
        ...(before === undefined ? [] : ['no longer hard-linked with ', ...namesWords(before)]),
        ...(before === undefined || after === undefined ? [] : [', ']),
        ...(after === undefined ? [] : ['hard-linked with ', ...namesWords(after)]),
      ]
    }
  }
}

/** "0755": octal, as for chmod. */
export function modeText(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}

function ownerText({ uid, gid }: UnixOwner): string {
  return `${uid}:${gid}`
}

/** "2026-11-23 19:30:12" in UTC; seconds if the time is outside the calendar's range. */
export function timeText(seconds: number): string {
  return utcTime(seconds)?.slice(0, -5).replace('T', ' ') ?? `${seconds} s`
}

function namesWords({ first, names }: OtherNames): Words {
  return names === 1 ? [name(first)] : [name(first), ' and ', count(names - 1), ' more']
}

function xattrWords({ name: its, before, after }: Extract<MetadataChange, { kind: 'xattr' }>): Words {
  const shown = (value: ByteString): Words =>
    its === CAPABILITY_XATTR ? [text(capabilityText(value))] : [text(valueText(value))]
  if (before === undefined) return ['xattr ', name(its), ' new: ', ...shown(after!)]
  if (after === undefined) return ['xattr ', name(its), ' gone']
  return ['xattr ', name(its), ': ', ...shown(before), ' → ', ...shown(after)]
}

/** How many bytes of a value we show. */
const MOST_SHOWN = 32

/** Text as it is, without the zero that SELinux appends; other bytes in hexadecimal. */
function valueText(value: ByteString): string {
  const decoded = textOf(value.replace(/\0$/, ''))
  const isText = decoded !== undefined && decoded.search(UNSAFE) < 0
  const hex = (): string =>
    Array.from(bytesOf(value.slice(0, MOST_SHOWN)), (byte) => byte.toString(16).padStart(2, '0')).join('')
  const all = isText ? decoded : hex()
  const isCut = all.length > 2 * MOST_SHOWN || (!isText && value.length > MOST_SHOWN)
  return `${isText ? '' : '0x'}${all.slice(0, 2 * MOST_SHOWN)}${isCut ? '…' : ''}`
}

/** The name of an entry: "foo-1.0/bin/foo", or its path in the image. */
export function entryName({ owner, path }: Pick<EntryChange, 'owner' | 'path'>): NameCell {
  if (owner === undefined) return name(path)
  return name(path === '' ? nameOf(owner) : `${nameOf(owner)}/${path}`)
}

const WHAT: Readonly<Record<MetadataChange['kind'], string>> = {
  mode: 'mode',
  owner: 'owner',
  time: 'time',
  xattr: 'extended attributes',
  hardLink: 'hard links',
  device: 'device numbers',
}

/** All changes of one kind: "3 entries: owner 0:0 → 1000:0, as foo-1.0/bin/foo", "3 entries: other owner, as …". */
export function sumWords({ kind, entries, first, all }: MetadataSum): Words {
  const change = all === undefined ? [`other ${WHAT[kind]}`] : changeWords(all)
  const as = entries === 1 ? ': ' : ', as '
  return [...plural(entries, 'entry', 'entries'), ': ', ...change, as, entryName(first)]
}

/** "setuid root, cap_net_raw=ep". */
function privilegesText({ setuid, setgid, capabilities }: Privileges): string {
  const who = (id: number): string => (id === 0 ? 'root' : String(id))
  return [
    ...(setuid === undefined ? [] : [`setuid ${who(setuid)}`]),
    ...(setgid === undefined ? [] : [`setgid ${who(setgid)}`]),
    ...(capabilities === undefined ? [] : [capabilities]),
  ].join(', ')
}

/** How the privileges that an entry gives changed: "gained setuid root (mode 0755 → 4755)". */
export function privilegeWords({ class: what, before, after, modes }: PrivilegeChange): Words {
  if (what === 'new') return ['new, ', text(privilegesText(after!)), ` (mode ${modeText(modes.after!)})`]
  if (what === 'gone') return ['gone, was ', text(privilegesText(before!)), ` (mode ${modeText(modes.before!)})`]
  const change: Words =
    before === undefined
      ? ['gained ', text(privilegesText(after!))]
      : after === undefined
        ? ['lost ', text(privilegesText(before))]
        : [text(privilegesText(before)), ' → ', text(privilegesText(after))]
  return modes.before === modes.after
    ? change
    : [...change, ` (mode ${modeText(modes.before!)} → ${modeText(modes.after!)})`]
}

/** Whether an entry is new or has new privileges, which readers should see first. */
export function isGain({ before, after }: PrivilegeChange): boolean {
  return after !== undefined && (before === undefined || JSON.stringify(before) !== JSON.stringify(after))
}
