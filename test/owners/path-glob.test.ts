import { describe, expect, it } from 'vitest'
import { fileMatcher, pathMatcher, progressAlong } from '../../src/owners/path-glob.ts'

/** Whether a glob matches a path, may match below it, or neither. */
function found(glob: string, path: string): 'match' | 'open' | 'no' {
  const { isMatch, isOpen } = progressAlong(pathMatcher([glob]), path)
  return isMatch ? 'match' : isOpen ? 'open' : 'no'
}

describe('globs over paths', () => {
  it.each([
    ['/boot/*', '/boot/grub.cfg', 'match'],
    ['/boot/*', '/boot/grub/grub.cfg', 'match'],
    ['/boot/*', '/boot', 'open'],
    ['/boot/*', '/', 'open'],
    ['/boot/*', '/boots/grub.cfg', 'no'],
    ['/boot', '/boot/grub.cfg', 'match'],
    ['/boot/', '/boot', 'match'],
    ['/live/initrd*', '/live/initrd.img', 'match'],
    ['/live/initrd*', '/live/filesystem.squashfs', 'no'],
    ['/*/initrd', '/a/b/initrd', 'no'],
    ['/a?[x-z]', '/abz', 'match'],
    ['/**/doc', '/doc', 'match'],
    ['/**/doc', '/usr/share/doc/x', 'match'],
    ['/**/doc', '/usr/share', 'open'],
    ['/usr/**/doc/**/x', '/usr/doc/x', 'match'],
    ['/usr/**/doc/**/x', '/usr/a/doc/b/c/x', 'match'],
    ['/usr/**/doc/**/x', '/etc/doc/x', 'no'],
    ['/usr/**', '/usr', 'open'],
    ['/usr/**', '/usr/x', 'match'],
    ['/**', '/', 'open'],
    ['/', '/', 'match'],
    ['/', '/any', 'match'],
    ['/gr\u00fcn?', '/gr\xc3\xbcn\xc3\xa9', 'match'],
    ['/\u00ff', '/\xff', 'match'],
  ] as const)('%s and %s', (glob, path, expected) => {
    expect(found(glob, path)).toBe(expected)
  })

  it('match what one of several matches', () => {
    const matcher = pathMatcher(['/boot/x', '/live/*'])
    expect(progressAlong(matcher, '/live/y').isMatch).toBe(true)
    expect(progressAlong(matcher, '/boot/y')).toMatchObject({ isMatch: false, isOpen: false })
    expect(progressAlong(pathMatcher([]), '/')).toMatchObject({ isMatch: false, isOpen: false })
  })

  it('take no time that grows with the stars in them', () => {
    const glob = '/**/a'.repeat(200)
    const start = performance.now()
    expect(found(glob, '/a'.repeat(199) + '/b'.repeat(4000))).toBe('open')
    expect(performance.now() - start).toBeLessThan(3000)
  })
})

describe('globs over files', () => {
  it.each([
    ['nix', '/bin/nix', true],
    ['nix', '/nix/bin', false],
    ['*.so.?', '/lib/a.so.1', true],
    ['*.so.?', '/lib/a.so.11', false],
    ['*', '/any/thing', true],
    ['bin/nix', '/a/b/bin/nix', true],
    ['bin/nix', '/bin/nix', true],
    ['bin/nix', '/bin/nix/x', false],
    ['bin/nix', '/sbin/nix', false],
    ['bin/*', '/bin/a/b', false],
    ['/bin/*', '/bin/a', true],
    ['/bin/*', '/usr/bin/a', false],
    ['lib/**', '/usr/lib/a/b', true],
    ['lib/**', '/usr/lib', false],
    ['/a/**/x', '/a/x', true],
    ['/a/**/x', '/a/b/x/c/x', true],
    ['/a/**/x', '/a/b/x/c', false],
    ['gr\u00fcn?', '/gr\xc3\xbcn\xc3\xa9', true],
    ['[a-c]/x', '/b/x', true],
  ] as const)('%s and %s', (glob, path, expected) => {
    expect(fileMatcher(glob)(path)).toBe(expected)
  })
})
