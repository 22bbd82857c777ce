import { globMatcher, isGlob } from '../../owners/glob.ts'

/** Whether a name has a text in it, or fits a glob; in small letters and capitals alike. */
export function matcherOf(text: string): (name: string) => boolean {
  const wanted = text.toLowerCase()
  if (!isGlob(text)) return (name) => name.toLowerCase().includes(wanted)
  const isMatch = globMatcher(wanted)
  return (name) => isMatch(name.toLowerCase())
}
