import { nameOf } from '../../owners/names.ts'
import type { GraphSizes } from '../graph-sizes.ts'
import type { Hint } from './hint.ts'

/** The release of NixOS in the name of a system or in its label: "26.11" of "nixos-system-nixos-26.11pre-git". */
export function releaseIn(text: string): string | undefined {
  return /(?:^|[^0-9.])(\d\d\.\d\d)(?![0-9])/.exec(text)?.[1]
}

/** The version of the kernel that a NixOS system refers to: "6.18" of "linux-6.18.2". */
export function kernelIn({ graph }: Pick<GraphSizes, 'graph'>): string | undefined {
  for (const key of graph.keys) {
    const version = /^linux(?:-[a-z]+)*-(\d+\.\d+)[.\d]*(?:-rc\d+)?$/.exec(nameOf(key))?.[1]
    if (version !== undefined) return version
  }
  return undefined
}

/** Whether one version of two numbers is before another: "6.6" is before "6.18". */
export function isBefore(version: string, other: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [otherMajor = 0, otherMinor = 0] = other.split('.').map(Number)
  return major < otherMajor || (major === otherMajor && minor < otherMinor)
}

/** Why an entry may not hold for a release of NixOS; undefined if it is known to. */
export function doubtAbout({ releases: { from, until, note } }: Hint, release: string | undefined): string | undefined {
  if (from === null && until === null) return undefined
  const range = [...(from === null ? [] : [`from ${from}`]), ...(until === null ? [] : [`until ${until}`])].join(' ')
  if (release === undefined) return `known ${range}, and the image does not say its release`
  const isOutside = (from !== null && isBefore(release, from)) || (until !== null && isBefore(until, release))
  return isOutside ? `known ${range}, and the image is ${release} (${note})` : undefined
}
