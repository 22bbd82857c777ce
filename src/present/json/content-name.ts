import type { ContentName } from '../../owners/owner.ts'

/** What an owner is by its content, as a field `content`; nothing if we do not know. The text is escaped by `jsonText`. */
export function contentJson(name: ContentName | undefined): { content?: ContentName } {
  return name === undefined ? {} : { content: name }
}
