import { readable, textOf } from '../../parsers/bytes/byte-string.ts'
import { pathsOf } from '../inventory/account-paths.ts'
import type { Inventory } from '../inventory/take-inventory.ts'
import { globMatcher } from '../owners/glob.ts'
import { fullName, isBelow, nameOf, nounOf } from '../owners/names.ts'
import { globParts } from '../owners/path-glob.ts'
import { nearestName } from './nearest-name.ts'
import { nearestOwners } from './nearest-owners.ts'
import { isPathGlob } from './rules.ts'
import { ownerKeys } from './subject-parts.ts'

/** How many globs we name in a sentence. */
const MAX_NAMED = 3

/** The note for globs that match nothing in an image, with a guess at what one of them was meant to match. */
export function absentNote(globs: readonly string[], inventory: Inventory): string {
  const paths = globs.filter(isPathGlob)
  const names = globs.filter((glob) => !isPathGlob(glob))
  const what = [
    ...(names.length === 0 ? [] : [`no ${nounOf(inventory.kind)[0]} matches ${listed(names)}`]),
    ...(paths.length === 0 ? [] : [`no path in the image matches ${listed(paths)}`]),
  ].join(', and ')
  for (const glob of globs) {
    const hint = isPathGlob(glob) ? pathHint(glob, inventory) : ownerHint(glob, inventory)
    if (hint !== undefined) return `${what}; ${hint}`
  }
  return what
}

/** The note for a glob that matches the name of no package, with a guess at what it was meant to match. */
export function absentPackageNote(glob: string, inventory: Inventory): string {
  const hint = ownerHint(glob, inventory)
  return `no package matches '${glob}'${hint === undefined ? '' : `; ${hint}`}`
}

function listed(globs: readonly string[]): string {
  const named = globs.slice(0, MAX_NAMED).map((glob) => `'${glob}'`)
  return [...named, ...(globs.length > MAX_NAMED ? [`${globs.length - MAX_NAMED} more`] : [])].join(', ')
}

function ownerHint(glob: string, inventory: Inventory): string | undefined {
  const [near] = nearestOwners(glob, ownerKeys(inventory))
  return meant(near === undefined ? undefined : nameOf(near))
}

function meant(near: string | undefined): string | undefined {
  return near === undefined ? undefined : `did you mean ${near}?`
}

/** Follows a glob as far as paths match, and looks there for a name similar to the next one. */
function pathHint(glob: string, inventory: Inventory): string | undefined {
  const { directory } = inventory
  const isFullName = isBelow(directory, glob)
  const { accounts } = inventory.attribution
  const files = new Set(
    accounts.flatMap((account) => (account.kind === 'file' && account.files > 0 ? pathsOf(account) : [])),
  )
  const known = [
    ...accounts.flatMap((account) => (account.kind === 'file' || account.kind === 'owner' ? pathsOf(account) : [])),
    ...(isFullName ? Array.from(ownerKeys(inventory), (key) => fullName(directory, key)) : []),
  ]
  let left = known.map((path) => path.split('/').slice(1))
  for (const [depth, part] of globParts(glob).entries()) {
    if (part === '**') return undefined
    const matches = globMatcher(part)
    const further = left.filter((names) => names[depth] !== undefined && matches(textOf(names[depth]) ?? names[depth]))
    if (further.length > 0) {
      left = further
      continue
    }
    const file = left.find((names) => names.length === depth && files.has(`/${names.join('/')}`))
    if (file !== undefined) return `${readable(`/${file.join('/')}`)} is a file, and isoscope does not look inside it`
    const near = nearestName(part, new Set(left.flatMap((names) => names[depth] ?? [])))
    const found = near === undefined ? undefined : left.find((names) => names[depth] === near)
    return meant(found === undefined ? undefined : readable(`/${found.slice(0, depth + 1).join('/')}`))
  }
  return undefined
}
