import { expect, it } from 'vitest'
import { addressText, readAddress } from '../../src/web/page/image-address.ts'

it.each<[string, readonly string[], string]>([
  ['', [], ''],
  ['view=packages', [], 'view=packages'],
  ['https://a.example/x.iso', ['https://a.example/x.iso'], ''],
  ['HTTP://a.example/x.iso?k=1&l=2', ['HTTP://a.example/x.iso?k=1&l=2'], ''],
  ['https://a.example/x.iso#view=packages&at=a', ['https://a.example/x.iso'], 'view=packages&at=a'],
  ['https://a.example/x#https://b.example/y', ['https://a.example/x', 'https://b.example/y'], ''],
  ['https://a.example/x#https://b.example/y#find=z', ['https://a.example/x', 'https://b.example/y'], 'find=z'],
])('an address is of URLs, and then of what the reader sees: "%s"', (fragment, urls, state) => {
  expect(readAddress(fragment)).toEqual({ urls, state })
  expect(addressText({ urls, state })).toBe(fragment)
})

it('an address leaves out the fragment of a URL, which a server does not see', () => {
  expect(addressText({ urls: ['https://a.example/x.iso#part'], state: 'find=z' })).toBe(
    'https://a.example/x.iso#find=z',
  )
})
