import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import type { DuplicateCopy, DuplicatePackage, DuplicatePath } from '../../analyses/duplicate-packages.ts'
import type { Duplicates } from '../../analyses/duplicates.ts'
import type { Inventory } from '../../inventory/take-inventory.ts'
import { fullName, hasPackages } from '../../owners/names.ts'
import { printable } from '../text/printable.ts'
import { contentJson } from './content-name.ts'
import { imageJson } from './image.ts'
import { jsonText } from './json-text.ts'
import { ownerJson, ownersJson } from './owner.ts'
import { paidTwiceJson } from './paid-twice.ts'
import { sameContentJson, storedOnceJson } from './same-contents.ts'

/** What an image holds several times, as JSON, sizes in bytes. `null` stands for what is not known. */
export function duplicatesJson(duplicates: Duplicates, inventory: Inventory): string {
  const { directory, references, contentNames, image } = inventory
  const { packages, saved, computedAll, paidTwice, identical, forms, compared } = duplicates
  const full = (key: ByteString): string => printable(fullName(directory, key))
  const pathJson = ({ key, output, own, retained, referrers, chain, root }: DuplicatePath): object => ({
    ...ownerJson(key, directory),
    ...contentJson(contentNames?.get(key)),
    output,
    own,
    retained: retained ?? null,
    root: root?.reason ?? null,
    referrers: referrers.map(full),
    chain: chain.map(full),
  })
  const copyJson = ({ name, version, own, paths, ifKept }: DuplicateCopy): object => ({
    name: printable(name),
    version: printable(version),
    own,
    ...ownersJson(paths, ({ key }) => key, hasPackages(inventory.kind), pathJson),
    ifKept:
      ifKept === undefined
        ? null
        : {
            saves: ifKept.bytes,
            gone: ifKept.gone.map((key) => ownerJson(key, directory)),
            stays: ifKept.stays.map((key) => ownerJson(key, directory)),
            needsOthers: ifKept.needsOthers,
          },
  })
  const packageJson = ({ name, kind, own, copies, keep, saved: saves }: DuplicatePackage): object => ({
    name: printable(name),
    kind,
    own,
    saves: references === undefined ? null : saves,
    keep: keep ?? null,
    copies: copies.map(copyJson),
  })
  return `${jsonText({
    schema: 'isoscope/duplicates@2',
    image: imageJson(image),
    referencesFrom: references?.origin ?? null,
    saves: saved ?? null,
    computedAll,
    packages: packages.map(packageJson),
    paidTwice: paidTwice?.map((copy) => paidTwiceJson(copy, directory)) ?? null,
    identicalFiles: identical?.map((content) => sameContentJson(content, directory)) ?? null,
    forms: forms?.map((content) => sameContentJson(content, directory)) ?? null,
    storedOnce: compared?.storedOnce.map(storedOnceJson) ?? null,
    compared: compared === undefined ? null : { ...compared.read, deep: compared.isDeep, complete: compared.complete },
  })}\n`
}
