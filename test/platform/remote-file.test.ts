import { expect, it } from 'vitest'
import { shownUrl } from '../../src/platform/remote-file.ts'

it.each([
  ['https://example.org/a%20b.iso', 'https://example.org/a%20b.iso'],
  ['HTTPS://Me:Secret@Example.org:443/a.iso?sig=secret#secret', 'https://example.org/a.iso'],
  ['http://[::1]:8080/a.iso', 'http://[::1]:8080/a.iso'],
  // No URLs, but nearly.
  ['http://me:secret@host:99999/a.iso?sig=secret', 'http://host:99999/a.iso'],
  ['http://me:se/cret?x@host:99999/a.iso', 'http://host:99999/a.iso'],
  ['http://', 'http://'],
])('shows %s without what may be secret', (url, shown) => expect(shownUrl(url)).toBe(shown))
