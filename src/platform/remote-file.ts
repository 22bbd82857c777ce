import type { RemoteFacts } from './range-answer.ts'

/** A file on a server. It can be sent to other threads. */
export interface RemoteFile {
  readonly url: string
  /** Headers of the user, by name. They may hold secrets. */
  readonly headers: Readonly<Record<string, string>>
  /** What the server told of it. A browser has to ask for that before it reads. */
  readonly facts?: RemoteFacts
}

/** Whether a name is a URL that we read by ranges. */
export function isUrl(name: string): boolean {
  return /^https?:\/\//i.test(name)
}

/** A URL in a sentence, also a mistyped one, without what follows it. */
const URL_IN_TEXT = /(\b[a-z][a-z0-9+.-]*:\/\/|\bhttps?:?\/\/?)(\S*?)(?=['"]?[:;,.)]*(?:\s|$))/gi

/** A sentence that may show what a user typed, with its URLs without what `shownUrl` leaves out. */
export function withoutSecrets(text: string): string {
  return text.replace(URL_IN_TEXT, (url, scheme: string, rest: string) => {
    const user = URL.canParse(url) ? /^[^/?#]*@/ : /^.*@/
    return scheme + rest.replace(user, '').replace(/[?#].*$/, '')
  })
}

/** A URL without the user, the query and the fragment, which may hold secrets. */
export function shownUrl(url: string): string {
  if (!URL.canParse(url)) return url.replace(/^(https?:\/\/).*@/is, '$1').replace(/[?#].*$/s, '')
  const { origin, pathname } = new URL(url)
  return origin + pathname
}
