import { describe, expect, it } from 'vitest'
import { shownUrl, withoutSecrets } from '../../src/platform/remote-file.ts'

it.each([
  ['https://example.org/a%20b.iso', 'https://example.org/a%20b.iso'],
  ['HTTPS://Me:Secret@Example.org:443/a.iso?sig=secret#secret', 'https://example.org/a.iso'],
  ['http://[::1]:8080/a.iso', 'http://[::1]:8080/a.iso'],
  // No URLs, but nearly.
  ['http://me:secret@host:99999/a.iso?sig=secret', 'http://host:99999/a.iso'],
  ['http://me:se/cret?x@host:99999/a.iso', 'http://host:99999/a.iso'],
  ['http://', 'http://'],
])('shows %s without what may be secret', (url, shown) => expect(shownUrl(url)).toBe(shown))

describe('a sentence', () => {
  it.each([
    ['https://a:b@c.org/d.iso?e=f#g: no such file', 'https://c.org/d.iso: no such file'],
    ["no command 'http://a:p@ss@c:80/d?e=1:2,3;4.5'; see --help", "no command 'http://c:80/d'; see --help"],
    ['"ftp://user@h/x?token" is none of a, b', '"ftp://h/x" is none of a, b'],
    ['--max=https://u:p@h/?q', '--max=https://h/'],
    ['https//u:p@h/x?q: mistyped, HTTP:/u:p@h/x?q too', 'https//h/x: mistyped, HTTP:/h/x too'],
    ['http://[::1]:80?x=1', 'http://[::1]:80'],
    ['http://me:se/cret?x@host:99999/a.iso: no', 'http://host:99999/a.iso: no'],
    ['https://a.org/b@1.iso: damaged', 'https://a.org/b@1.iso: damaged'],
    ['two: https://a/b?c and (https://d/e?f)', 'two: https://a/b and (https://d/e)'],
    ['what? /nix/store/a@b?c: no URL', 'what? /nix/store/a@b?c: no URL'],
  ])('shows no secret of a URL in it: %s', (text, shown) => {
    expect(withoutSecrets(text)).toBe(shown)
  })
})
