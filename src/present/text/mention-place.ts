import type { MentionPlace } from '../../owners/mentions.ts'
import { mentionWords } from '../../views/mentions.ts'
import { plainWords } from './cell.ts'

/** Where a hash stands in an owner: the path of a file, "bin/sh (symlink)", "the name of share/x". */
export function mentionText(place: MentionPlace): string {
  return plainWords(mentionWords(place))
}
