import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { apk } from './apk/model.ts'
import { combinedModel } from './combined-model.ts'
import { dpkg } from './dpkg/model.ts'
import { guix, nix } from './nix/model.ts'
import type { OwnerModel } from './owner.ts'
import { pacman } from './pacman/model.ts'
import { rpm } from './rpm/model.ts'

/** Every kind of owners, in the order in which we look for them. Only `nix` and `guix` have keys in common. */
export const OWNER_MODELS: readonly [OwnerModel, ...OwnerModel[]] = [nix, guix, dpkg, apk, pacman, rpm]

/** The model for the kinds of owners that an image has. */
export function modelOfKinds([first, ...others]: readonly OwnerModel[]): OwnerModel {
  if (first === undefined) return OWNER_MODELS[0]
  return others.length === 0 ? first : combinedModel([first, ...others])
}

/** The model of a kind: "nix", or "nix+dpkg" for an image with both; undefined if we have none of it. */
export function modelOfKind(kind: string): OwnerModel | undefined {
  const kinds = kind.split('+')
  const models = OWNER_MODELS.filter((model) => kinds.includes(model.kind))
  return models.length === kinds.length ? modelOfKinds(models) : undefined
}

/** The model that a key belongs to, the first one; undefined for a text that is no key. */
export function modelOfKey(key: ByteString): OwnerModel | undefined {
  return OWNER_MODELS.find((model) => model.isKey(key))
}

/** The kind of the owners with some keys, as `modelOfKind` takes it. */
export function kindOfKeys(keys: readonly ByteString[]): string {
  return modelOfKinds(OWNER_MODELS.filter((model) => keys.some((key) => modelOfKey(key) === model))).kind
}
