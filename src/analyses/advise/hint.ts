/** How an entry of the table is recognised in an image. */
export type Culprit =
  /** A glob over names of store paths, with their version or without. */
  | { readonly kind: 'name'; readonly glob: string }
  /** A reference from one store path to another, by globs over their names. */
  | { readonly kind: 'reference'; readonly from: string; readonly to: string }
  /** A glob over paths of files, in the image or in its initrd. `fileMatcher` says what it matches. */
  | { readonly kind: 'file'; readonly glob: string; readonly in?: 'initrd' }
  /** Names that are all there. */
  | { readonly kind: 'together'; readonly names: readonly string[] }
  /** An image inside that is not compressed with the given compressor. */
  | { readonly kind: 'compressor'; readonly of: 'squashfs' | 'initrd'; readonly not: string }
  /** Two store paths of one package and output. */
  | { readonly kind: 'copies' }

/** What goes if the options of an entry are set. */
export type Removal =
  | {
      readonly kind: 'reference'
      /** Globs over the names of the store paths that lose it; if absent, all that refer to it by the configuration. */
      readonly from?: readonly string[]
      readonly fromExcept?: readonly string[]
      readonly to: readonly string[]
      readonly toExcept?: readonly string[]
      /** It alone does not make the entry apply to an image. */
      readonly also?: true
      /** Only to store paths that the boot loader has a copy of. */
      readonly ifInBoot?: true
      /** The store paths that it leads to are no roots any more, and the boot loader's copies go too. */
      readonly unroots?: true
    }
  /** Store paths that go with all references to them. */
  | { readonly kind: 'owner'; readonly names: readonly string[]; readonly also?: true }
  /** Files by globs over paths, as `check` takes them: of the image, or below /nix/store. */
  | { readonly kind: 'file'; readonly globs: readonly string[]; readonly also?: true }
  /** Store paths in the initrd. */
  | {
      readonly kind: 'initrd'
      readonly names: readonly string[]
      readonly except?: readonly string[]
      readonly also?: true
    }

/** A setting of a NixOS option. */
export interface OptionSetting {
  readonly name: string
  /** A Nix expression. */
  readonly value: string
  /** Whether a profile sets the option too, so that only `lib.mkForce` wins. */
  readonly force?: true
  /** Whether the values of several settings are joined. */
  readonly joins?: true
}

/**
 * Where we know an entry from: the source of a module or package; a thread, a page or another public configuration; the
 * article whose author built it; or only derived from the sources.
 */
export type Certainty = 'module' | 'thread' | 'article' | 'derived'

/** An entry of the table: what makes NixOS images large, and the options that change it. */
export interface Hint {
  readonly id: string
  /** What it is about, as a noun: "the NixOS manual". */
  readonly title: string
  readonly culprits: readonly Culprit[]
  /** How a person confirms it. */
  readonly confirm: string
  readonly removes: readonly Removal[]
  /** Entries whose removals its options bring too. */
  readonly includes: readonly string[]
  /** Entries that must be followed too where they apply. */
  readonly needs: readonly string[]
  /** Empty if NixOS has no option for it. */
  readonly options: readonly OptionSetting[]
  /** What to do by hand before the options can be used. */
  readonly edit?: string
  /** Why we cannot tell what it frees. */
  readonly uncounted?: string
  readonly loses: string
  /** What it adds, which is not counted. */
  readonly adds?: string
  readonly experimental: boolean
  /** What is so bad about it that nobody should get it without asking for it by name: "boots on fewer machines". */
  readonly byName?: string
  readonly requires: readonly string[]
  /** The releases of NixOS that have it, as "26.11"; null if we do not know of a bound. */
  readonly releases: { readonly from: string | null; readonly until: string | null; readonly note: string }
  /** A size that a source gives. */
  readonly size: string | null
  readonly certainty: readonly Certainty[]
  /** Keys of `HintTable.traps`. */
  readonly traps: readonly string[]
  readonly sources: readonly string[]
}

/** What looks right and does not help. */
export interface Trap {
  readonly looks: string
  readonly really: string
  readonly source: string
}

interface Setting {
  readonly option: string
  readonly value: string
}

/** A combination of settings that NixOS refuses, or that gives no usable image. */
export interface Refusal {
  readonly id: string
  /** It is refused if all of these are set, */
  readonly if: readonly Setting[]
  /** and none of these, */
  readonly unless: readonly Setting[]
  /** and the kernel of the image is older than this, if it says so. */
  readonly kernelBelow?: string
  readonly says: string
  readonly source: string
}

/** The table of hints: what makes NixOS images large, and the options that change it. */
export interface HintTable {
  /** The day on which it was made from its sources, as YYYY-MM-DD. */
  readonly made: string
  /** The most useful first. */
  readonly entries: readonly Hint[]
  readonly traps: Readonly<Record<string, Trap>>
  readonly refusals: readonly Refusal[]
}
