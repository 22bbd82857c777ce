import type { Account } from '../inventory/attribution.ts'

/** Files and store paths that are initrds, or are named like images. */
const NAMES = /(?:^|[/-])(?:initrd|initramfs)[^/]*$|\.(?:img|efi)$/i

/** About how many bytes of an image we would read to look into the images inside that have one account in its report. */
export function bytesInside(accounts: readonly Account[]): number {
  return accounts.reduce((sum, { name, own }) => sum + (NAMES.test(name) ? own : 0), 0)
}
