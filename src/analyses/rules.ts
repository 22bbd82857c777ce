/** The part of an image that a limit applies to. */
export type Subject =
  /** The image file, the squashfs images in it, or all copies of the initrd. */
  | { readonly kind: 'image' | 'squashfs' | 'initrd' }
  /** Everything that one of the globs matches, each byte once: owners by name, or paths of the image. */
  | { readonly kind: 'paths'; readonly name: string; readonly globs: readonly string[] }

/** A rule for an image. Sizes are own bytes. */
export type Rule =
  | { readonly kind: 'max'; readonly subject: Subject; readonly max: number }
  /** Growth since the base, in bytes or in percent of the base's size. */
  | { readonly kind: 'growth'; readonly subject: Subject; readonly max: number }
  | { readonly kind: 'growthPercent'; readonly subject: Subject; readonly max: number }
  /** Owners that the image must not have. */
  | {
      readonly kind: 'forbid'
      readonly match: string
      readonly reason: string | undefined
      readonly except: readonly Exception[]
    }
  /** The image must not have several versions or builds of any package whose name matches the glob. */
  | { readonly kind: 'noDuplicates'; readonly name: string }

export type LimitRule = Rule & { readonly subject: Subject }

/** Owners that a rule ignores, up to and including a day (YYYY-MM-DD in UTC), or for ever if there is no day. */
export interface Exception {
  readonly match: string
  readonly until: string | undefined
}

/** Whether a glob matches paths of the image; otherwise it matches names of owners. */
export function isPathGlob(glob: string): boolean {
  return glob.startsWith('/')
}
