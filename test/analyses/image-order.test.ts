import { describe, expect, it } from 'vitest'
import { type ImageOrder, orderImages, versionOf } from '../../src/analyses/image-order.ts'
import type { Release } from '../../src/inventory/image-summary.ts'

const NO_RELEASE: Release = { volumeId: null, label: null }

function imagesOf(...releases: readonly (readonly [path: string, release?: Partial<Release>])[]) {
  return releases.map(([path, release = {}]) => ({ path, release: { ...NO_RELEASE, ...release } }))
}

/** The paths in their order, and what that order is; undefined if there is none. */
function ordered(images: ReturnType<typeof imagesOf>, asked?: ImageOrder) {
  const found = orderImages(images, asked)
  return found && { ...found.order, paths: found.images.map(({ path }) => path) }
}

describe('the version of an image', () => {
  it.each([
    ['nixos-26.11.1234.abcdef-x86_64-linux.iso', '26.11.1234.abcdef-x86_64-linux'],
    ['releases/24.05/nixos-gnome.iso', undefined],
    ['app-v2.10.squashfs', '2.10'],
    ['2026-11-29.json.gz', '2026-11-29'],
    ['disk_1.2.rc1.ext4.zst', '1.2.rc1'],
    ['nightly42.iso', '42'],
    ['Debian 12.5.0 amd64.iso', '12.5.0 amd64'],
    ['b1946ac92492d2347c6235b4d2611184.json', undefined],
    ['image.iso', undefined],
  ])('of the file %s is %s', (path, version) => {
    expect(versionOf({ path, release: NO_RELEASE }, 'fileName')).toBe(version)
  })

  it('is read in the label and in the volume ID too', () => {
    const release = { label: '26.11pre-git', volumeId: 'nixos-minimal-26.05-x86_64' }
    expect(versionOf({ path: 'a', release }, 'label')).toBe('26.11pre-git')
    expect(versionOf({ path: 'a', release }, 'volumeId')).toBe('26.05-x86_64')
  })
})

describe('a series of images', () => {
  it('is ordered by version: numbers as numbers, and what comes before a release before it', () => {
    const names = ['nixos-26.11', 'nixos-26.5', 'nixos-26.11pre-git', 'nixos-26.11.7', 'nixos-26.11.10']
    expect(ordered(imagesOf(...names.map((name) => [`${name}.iso`] as const)))).toEqual({
      ...{ by: 'version', places: ['fileName'] },
      paths: ['nixos-26.5.iso', 'nixos-26.11pre-git.iso', 'nixos-26.11.iso', 'nixos-26.11.7.iso', 'nixos-26.11.10.iso'],
    })
  })

  it('takes the label first, and the file name where the label is the same', () => {
    const images = imagesOf(['3.iso', { label: '25.05' }], ['2.iso', { label: '25.11' }], ['1.iso', { label: '25.11' }])
    expect(ordered(images)).toEqual({
      ...{ by: 'version', places: ['label', 'fileName'] },
      paths: ['3.iso', '1.iso', '2.iso'],
    })
  })

  it('takes no place that is the same in all images, or that one of them lacks', () => {
    const volumeId = 'nixos-26.11-x86_64'
    const images = imagesOf(['b.iso', { volumeId, label: '2' }], ['a.iso', { volumeId }])
    expect(ordered(images)).toEqual({ by: 'given', places: [], paths: ['b.iso', 'a.iso'] })
  })

  it('is ordered by date if there are no versions, and as given if there are no dates', () => {
    const images = imagesOf(['b', { created: 2 }], ['a', { created: 3 }], ['c', { created: 1 }])
    expect(ordered(images)).toEqual({ by: 'date', places: [], paths: ['c', 'b', 'a'] })
    // NixOS gives all of its images one date.
    const sameDate = images.map(({ path }) => [path, { created: 315_532_800 }] as const)
    expect(ordered(imagesOf(...sameDate))).toEqual({ by: 'given', places: [], paths: ['b', 'a', 'c'] })
  })

  it('is ordered as the user asks, and not at all if that cannot be', () => {
    const images = imagesOf(['x-2', { created: 1 }], ['x-1', { created: 2 }])
    expect(ordered(images)?.paths).toEqual(['x-1', 'x-2'])
    expect(ordered(images, 'version')).toEqual({ by: 'version', places: ['fileName'], paths: ['x-1', 'x-2'] })
    expect(ordered(images, 'date')).toEqual({ by: 'date', places: [], paths: ['x-2', 'x-1'] })
    expect(ordered(images, 'given')).toEqual({ by: 'given', places: [], paths: ['x-2', 'x-1'] })
    const nothing = imagesOf(['a'], ['b'])
    expect(ordered(nothing, 'version')).toBeUndefined()
    expect(ordered(nothing, 'date')).toBeUndefined()
  })

  it('leaves images that are equal as they were given', () => {
    const images = imagesOf(['b-1', { created: 7 }], ['a-1', { created: 7 }], ['c-1', { created: 7 }])
    for (const asked of ['version', 'date', 'given'] as const) {
      expect(ordered(images, asked)?.paths).toEqual(['b-1', 'a-1', 'c-1'])
    }
  })
})
