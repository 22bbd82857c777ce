import { hex } from '../../parsers/bytes/errors.ts'
import { type Account, type FilePlace, isBesideTree } from '../inventory/attribution.ts'
import { count, type Line, name, plural, type Words } from './cell.ts'

/** Where gaps, overlaps and parts beside the tree lie in the file, a line for each: "gap at 0x8800, 12,345 bytes". */
export function placesOfLeftovers(accounts: readonly Account[]): readonly Line[] {
  return accounts.flatMap((account) => {
    const what = wordsFor(account)
    if (what === undefined || account.places === undefined) return []
    const { places, morePlaces = 0 } = account
    const lines = places.map((place): Words => [...what, ' at ', ...placeWords(place, account)])
    const left = account.own - places.reduce((sum, { length }) => sum + length, 0)
    const rest: Words = [...what, ' at ', count(morePlaces), ' more places, ', count(left), ' bytes']
    return [...lines, ...(morePlaces === 0 ? [] : [rest])].map((words) => ({ phrases: [words], indent: 1 }))
  })
}

function wordsFor(account: Account): Words | undefined {
  if (isBesideTree(account)) return [name(account.name)]
  if (account.kind === 'overlap') return ['overlap (', name(account.name), ')']
  if (account.kind !== 'gap') return undefined
  return account.name === 'unclaimed bytes' ? ['gap'] : [name(account.name)]
}

function placeWords({ offset, length, innerOffset }: FilePlace, { region }: Account): Words {
  const inside: Words = innerOffset === undefined ? [] : [` (${hex(innerOffset)} of `, ...imageWords(region), ')']
  return [`${hex(offset)}, `, ...plural(length, 'byte'), ...inside]
}

/** "nix-store.squashfs"; "the image" for an image that begins at an offset in its file. */
function imageWords(region: string): Words {
  return region.startsWith('/') && region.length > 1 ? [name(region.slice(1))] : ['the image']
}
