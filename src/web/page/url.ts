import { shownUrl } from '../../platform/remote-file.ts'
import { WHOLE_FRAGMENT } from '../../present/html/page/page.ts'
import { formatBytes, plural } from '../../present/units.ts'
import type { Chosen, Question } from '../messages.ts'
import { byId } from './by-id.ts'
import { addressText, readAddress } from './image-address.ts'
import { startReader } from './reader.ts'

// The page for images on servers. `isoscope serve` gives it with the name of the image that it serves.

const served = document.querySelector('meta[name=isoscope-image]')?.getAttribute('content') ?? undefined
const [url, other] = [byId<HTMLInputElement>('url'), byId<HTMLInputElement>('other')]
const opening = byId<HTMLFormElement>('opening')
const openButton = opening.querySelector('button')!

const reader = startReader({
  address:
    served === undefined
      ? {
          read: () => readAddress(location.hash.slice(1)).state,
          write: (state) => history.replaceState(null, '', `#${addressText({ urls: urlsShown(), state })}`),
        }
      : WHOLE_FRAGMENT,
  footing: ({ requests, bytes }) =>
    served === undefined
      ? `This page asked servers for ${plural(requests, 'range')}, ${formatBytes(bytes, 'iec')}, and sent nothing of them anywhere.`
      : 'This page read the image through isoscope, which serves it on your machine, and sent nothing of it anywhere.',
  first: served === undefined ? url : openButton,
  other: served === undefined ? other : byId('scan'),
})

/** The URLs that the page is about. */
let urls: readonly string[] = []
function urlsShown(): readonly string[] {
  return urls
}

function open(wanted: readonly string[]): void {
  urls = wanted
  const [first, second] = wanted.map(chosenAt)
  const files: Question['files'] | undefined = first && (second === undefined ? [first] : [first, second])
  if (files !== undefined) reader.ask({ files, references: 'auto', deep: false })
}

function chosenAt(address: string): Chosen {
  return { file: { url: address, headers: {} }, name: shownUrl(address), isHere: false }
}

/** What the user typed, as a URL; https if it does not say. */
function typed(input: HTMLInputElement): string {
  const text = input.value.trim()
  return /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `https://${text}`
}

/** Opens images, and has a step back lead to those before. */
function goTo(wanted: readonly string[]): void {
  history.pushState(null, '', `#${addressText({ urls: wanted, state: '' })}`)
  open(wanted)
}

if (served === undefined) {
  opening.addEventListener('submit', (event) => {
    event.preventDefault()
    goTo([typed(url)])
  })
  byId('another').addEventListener('submit', (event) => {
    event.preventDefault()
    goTo([typed(other)])
  })
  byId('comparing').addEventListener('click', () => {
    const [shown] = urls
    if (shown !== undefined && other.reportValidity()) goTo([shown, typed(other)])
  })
  const openAddress = (): void => {
    const { urls: wanted } = readAddress(location.hash.slice(1))
    if (wanted.join('#') !== urls.join('#')) open(wanted)
  }
  addEventListener('hashchange', openAddress)
  openAddress()
  url.value = urls[0] ?? ''
} else {
  byId('another').hidden = true
  const { name, isHere } = JSON.parse(served) as { name: string; isHere: boolean }
  const file = { url: new URL('image', location.href).href, headers: {} }
  const read = (): void => reader.ask({ files: [{ file, name, isHere }], references: 'auto', deep: false })
  // For those who cancel.
  openButton.textContent = `Open ${name}`
  opening.replaceChildren(openButton)
  opening.addEventListener('submit', (event) => {
    event.preventDefault()
    read()
  })
  read()
}
