import type { MentionPlace } from '../owners/mentions.ts'
import { name, type Words } from './cell.ts'

/** Where a hash stands in an owner: the path of a file, "bin/sh (symlink)", "the name of share/x". */
export function mentionWords({ path, kind }: MentionPlace): Words {
  const where = path === '' ? 'itself' : name(path)
  if (kind === 'target') return [where, ' (symlink)']
  return kind === 'name' ? ['the name of ', where] : [where]
}
