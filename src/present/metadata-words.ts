import { type ByteString, bytesOf, textOf } from '../../parsers/bytes/byte-string.ts'
import type { OtherNames } from '../analyses/hard-links.ts'
import type { MetadataChange, UnixOwner } from '../analyses/metadata-changes.ts'
import type { EntryChange, MetadataSum } from '../analyses/metadata-diff.ts'
import type { PrivilegeChange, Privileges } from '../analyses/privileges.ts'
import { CAPABILITY_XATTR, capabilityText } from '../inventory/capabilities.ts'
import { nameOf } from '../owners/names.ts'
import { printable } from './text/printable.ts'
import { formatCount } from './units.ts'

/** The names of the mode bits that we mention when they change. */
const SPECIAL_BITS = [
  [0o4000, 'setuid'],
  [0o2000, 'setgid'],
  [0o1000, 'sticky'],
] as const

/** One change of an entry: "mode 0755 → 4755 (setuid)". */
export function changeText(change: MetadataChange): string {
  switch (change.kind) {
    case 'mode': {
      const { before, after } = change
      const words = SPECIAL_BITS.flatMap(([bit, name]) => {
        if ((before & bit) === (after & bit)) return []
        return (after & bit) === 0 ? [`no longer ${name}`] : [name]
      })
      return `mode ${modeText(before)} → ${modeText(after)}${words.length === 0 ? '' : ` (${words.join(', ')})`}`
    }
    case 'owner':
      return `owner ${ownerText(change.before)} → ${ownerText(change.after)}`
    case 'time':
      return `modified ${timeText(change.before)} → ${timeText(change.after)}`
    case 'device': {
      const { before, after } = change
      return `device ${before.major}:${before.minor} → ${after.major}:${after.minor}`
    }
    case 'xattr':
      return xattrText(change)
    case 'hardLink': {
      const parts = [
        ...(change.before === undefined ? [] : [`no longer hard-linked with ${namesText(change.before)}`]),
        ...(change.after === undefined ? [] : [`hard-linked with ${namesText(change.after)}`]),
      ]
      return parts.join(', ')
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
function timeText(seconds: number): string {
  const time = new Date(seconds * 1000)
  return Number.isNaN(time.getTime()) ? `${seconds} s` : time.toISOString().slice(0, -5).replace('T', ' ')
}

function namesText({ first, names }: OtherNames): string {
  return `${printable(first)}${names === 1 ? '' : ` and ${formatCount(names - 1)} more`}`
}

function xattrText({ name, before, after }: Extract<MetadataChange, { kind: 'xattr' }>): string {
  const shown = (value: ByteString): string => (name === CAPABILITY_XATTR ? capabilityText(value) : valueText(value))
  const named = `xattr ${printable(name)}`
  if (before === undefined) return `${named} new: ${shown(after!)}`
  return after === undefined ? `${named} gone` : `${named}: ${shown(before)} → ${shown(after)}`
}

/** How many bytes of a value we show. */
const MOST_SHOWN = 32

/** Text as it is, without the zero that SELinux appends; other bytes in hexadecimal. */
function valueText(value: ByteString): string {
  const text = textOf(value.replace(/\0$/, ''))
  const isText = text !== undefined && printable(value.replace(/\0$/, '')) === text
  const all = isText ? text : Buffer.from(bytesOf(value.slice(0, MOST_SHOWN))).toString('hex')
  const cut = all.length > 2 * MOST_SHOWN || (!isText && value.length > MOST_SHOWN)
  return `${isText ? '' : '0x'}${all.slice(0, 2 * MOST_SHOWN)}${cut ? '…' : ''}`
}

/** The name of an entry: "foo-1.0/bin/foo", or its path in the image. */
export function entryName({ owner, path }: Pick<EntryChange, 'owner' | 'path'>): string {
  if (owner === undefined) return printable(path)
  return printable(path === '' ? nameOf(owner) : `${nameOf(owner)}/${path}`)
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
export function sumText({ kind, entries, first, all }: MetadataSum): string {
  const count = entries === 1 ? '1 entry' : `${formatCount(entries)} entries`
  const change = all === undefined ? `other ${WHAT[kind]}` : changeText(all)
  return `${count}: ${change}${entries === 1 ? ':' : ', as'} ${entryName(first)}`
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
export function privilegeText({ class: what, before, after, modes }: PrivilegeChange): string {
  if (what === 'new') return `new, ${privilegesText(after!)} (mode ${modeText(modes.after!)})`
  if (what === 'gone') return `gone, was ${privilegesText(before!)} (mode ${modeText(modes.before!)})`
  const change =
    before === undefined
      ? `gained ${privilegesText(after!)}`
      : after === undefined
        ? `lost ${privilegesText(before)}`
        : `${privilegesText(before)} → ${privilegesText(after)}`
  return modes.before === modes.after
    ? change
    : `${change} (mode ${modeText(modes.before!)} → ${modeText(modes.after!)})`
}

/** Whether an entry is new or has new privileges, which readers should see first. */
export function isGain({ before, after }: PrivilegeChange): boolean {
  return after !== undefined && (before === undefined || JSON.stringify(before) !== JSON.stringify(after))
}
