import { expect, it } from 'vitest'
import { isSelectionKey, mediumKey, packageKey, selectionKey } from '../../src/owners/package-key.ts'

it('a key is no package only if it is that of the selection or of the medium', () => {
  expect([selectionKey('dpkg'), mediumKey('rpm')].map(isSelectionKey)).toEqual([true, true])
  const versions = ['1', '1:medium', '1:*'].map(
    (version) => packageKey('dpkg', { name: 'a', version, architecture: '' })!,
  )
  expect(versions.map(isSelectionKey)).toEqual([false, false, false])
})
