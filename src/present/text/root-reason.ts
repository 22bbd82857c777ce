import { INIT, type Root } from '../../owners/roots.ts'
import { printable } from './printable.ts'

/** Why a store path is a root, in a few words. */
export function rootReason({ reason, files = [] }: Pick<Root, 'reason' | 'files'>): string {
  switch (reason) {
    case 'init':
      if (files.length === 1 && files[0] === INIT) return 'the kernel starts it as /init'
      return `init= in ${files.map((file) => printable(file.slice(file.lastIndexOf('/') + 1))).join(', ')}`
    case 'nixos-system':
      return 'a NixOS system'
    case 'unreferenced':
      return 'nothing refers to it'
    case 'cycle':
      return 'one of several that refer to each other'
    case 'given':
      return 'as given'
  }
}
