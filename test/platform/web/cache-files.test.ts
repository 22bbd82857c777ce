import { afterEach, describe, expect, it } from 'vitest'
import { cachedFiles, clearCache, readCached, writeCached } from '../../../src/platform/web/cache-files.ts'

describe('the cache of a page', () => {
  afterEach(() => void clearCache('one'))

  it('has what was written, and its beginning', () => {
    writeCached('one', 'a.survey', Uint8Array.of(1, 2, 3))
    expect(readCached('one', 'a.survey')).toEqual(Uint8Array.of(1, 2, 3))
    expect(readCached('one', 'a.survey', 2)).toEqual(Uint8Array.of(1, 2))
    expect(readCached('other', 'a.survey')).toBeUndefined()
    expect(readCached('one', 'b.survey')).toBeUndefined()
  })

  it('keeps the newest files of 64 MiB, and none that is larger', () => {
    writeCached('one', 'old', new Uint8Array(40 << 20))
    writeCached('one', 'new', new Uint8Array(30 << 20))
    writeCached('one', 'large', new Uint8Array((64 << 20) + 1))
    expect(cachedFiles('one').map(({ name, size }) => [name, size])).toEqual([['new', 30 << 20]])
  })

  it('is empty when it is cleared', () => {
    writeCached('one', 'a', Uint8Array.of(1))
    expect(clearCache('one').map(({ name }) => name)).toEqual(['a'])
    expect(cachedFiles('one')).toEqual([])
  })
})
