/** What a limit is for. */
export type Subject =
  /** The image file, the squashfs images in it, or what is loaded as initrd, in every copy there is of it. */
  | { readonly kind: 'image' | 'squashfs' | 'initrd' }
  /** What one of the globs matches, each byte once: store paths by name, or paths of the image. */
  | { readonly kind: 'paths'; readonly name: string; readonly globs: readonly string[] }

/** A rule that an image is to keep. Sizes are own bytes. */
export type Rule =
  | { readonly kind: 'max'; readonly subject: Subject; readonly max: number }
  /** Growth since the base; in percent of the base's size. */
  | { readonly kind: 'growth'; readonly subject: Subject; readonly max: number }
  | { readonly kind: 'growthPercent'; readonly subject: Subject; readonly max: number }
  /** Store paths that are not to be there. */
  | {
      readonly kind: 'forbid'
      readonly match: string
      readonly reason: string | undefined
      readonly except: readonly Exception[]
    }
  /** No package whose name the glob matches is to be there in several versions or builds. */
  | { readonly kind: 'noDuplicates'; readonly name: string }

export type LimitRule = Rule & { readonly subject: Subject }

/** Store paths that a rule does not mean, up to and including a day, as YYYY-MM-DD in UTC; for ever without one. */
export interface Exception {
  readonly match: string
  readonly until: string | undefined
}

/** Whether a glob matches paths of the image; one that does not matches names of store paths. */
export function isPathGlob(glob: string): boolean {
  return glob.startsWith('/')
}
