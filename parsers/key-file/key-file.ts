import type { ByteString } from '../bytes/byte-string.ts'

/** The values of a file by their group, and in a group by their key. */
export type KeyFile = ReadonlyMap<ByteString, ReadonlyMap<ByteString, ByteString>>

/** What a backslash and a letter stand for ("Desktop Entry Specification", Possible value types). */
const ESCAPES: Readonly<Record<string, string>> = { s: ' ', n: '\n', t: '\t', r: '\r', '\\': '\\' }

/**
 * Reads groups "[name]" of lines "key=value", and comments after "#" ("Desktop Entry Specification", Basic format of the
 * file; GLib, GKeyFile). If a key occurs twice in a group, the last one counts, as for GLib. We pass over other lines.
 */
export function readKeyFile(text: ByteString): KeyFile {
  const groups = new Map<ByteString, Map<ByteString, ByteString>>()
  let group: Map<ByteString, ByteString> | undefined
  for (const line of text.split(/\r?\n/)) {
    const name = /^\[([^[\]]+)\]\s*$/.exec(line)?.[1]
    if (name !== undefined) {
      group = groups.get(name) ?? new Map()
      groups.set(name, group)
      continue
    }
    const [, key, value] = /^\s*([^\s=#][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    if (key !== undefined) group?.set(key, unescaped(value!))
  }
  return groups
}

function unescaped(value: ByteString): ByteString {
  return value.replace(/\\(.)/g, (whole, letter: string) => ESCAPES[letter] ?? whole)
}
