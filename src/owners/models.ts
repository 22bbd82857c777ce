import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { nix } from './nix/model.ts'
import type { OwnerModel } from './owner.ts'

/** Every kind of owners, in the order in which we look for them. An image has the first kind that it has owners of. */
export const OWNER_MODELS: readonly [OwnerModel, ...OwnerModel[]] = [nix]

/** The model of a kind; undefined if we have none of it. */
export function modelOfKind(kind: string): OwnerModel | undefined {
  return OWNER_MODELS.find((model) => model.kind === kind)
}

/** The model that a key belongs to; undefined for a text that is no key. */
export function modelOfKey(key: ByteString): OwnerModel | undefined {
  return OWNER_MODELS.find((model) => model.isKey(key))
}
