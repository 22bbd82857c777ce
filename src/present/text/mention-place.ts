import type { MentionPlace } from '../../owners/mentions.ts'
import { printable } from './printable.ts'

/** Where a hash stands in an owner: the path of a file, "bin/sh (symlink)", "the name of share/x". */
export function mentionText({ path, kind }: MentionPlace): string {
  const name = path === '' ? 'itself' : printable(path)
  if (kind === 'target') return `${name} (symlink)`
  return kind === 'name' ? `the name of ${name}` : name
}
