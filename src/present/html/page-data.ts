// What an HTML page is made from: plain data that JSON keeps. All texts are safe to print, and hold no line break.

import type { Grouping } from '../../analyses/grouping.ts'

/** What a page shows. */
export interface PageData {
  /** The version of isoscope that made it. */
  readonly version: string
  /** Images and comparisons; the reader chooses between them. There is at least one. */
  readonly documents: readonly PageDocument[]
  /** What it shows first; the whole first document if absent. */
  readonly start?: PageStart
}

export type PageDocument = PageImage | PageDiff

/** What the page shows first: the first document, unless it says otherwise. */
export interface PageStart {
  /** An owner to select, by number. */
  readonly owner?: number
  readonly tab?: 'advice'
  /** What the rows and the map are of, in each document that has it. */
  readonly by?: Grouping
}

/** An image. */
export interface PageImage {
  readonly kind: 'image'
  readonly name: string
  /** Bytes of the file. */
  readonly size: number
  /** "NixOS 26.05", "zstd squashfs", and the like. */
  readonly facts: readonly string[]
  /** What one owner is called, and several. */
  readonly noun: readonly [one: string, several: string]
  readonly complete: boolean
  readonly warnings: readonly string[]
  readonly tree: PageTree
  readonly owners: PageOwners
  /** Absent if the image has no references, or if they were not asked for. */
  readonly graph?: PageGraph
  /** Absent if the image is no NixOS image, or has no references. */
  readonly advice?: PageAdvice
}

/** A list of texts, each on a line: it takes half the time that an array of texts takes to read. */
export type Lines = string

/** Every byte of an image as a tree, in preorder. All `own` together are the bytes of the file. */
export interface PageTree {
  readonly names: Lines
  /** A letter of `KIND_LETTERS` for each node. */
  readonly kinds: string
  /** How many nodes lie directly below each. */
  readonly counts: readonly number[]
  /** Bytes in the image file, without those of the nodes below. */
  readonly own: readonly number[]
  /** Content bytes, with those of the nodes below. */
  readonly unpacked: readonly number[]
  /** The numbers of the owners, for each node that is one. */
  readonly owners: readonly number[]
}

/** The owners in an image by number, which is also their number in the graph. */
export interface PageOwners {
  /** "perl-5.42.0": short, and unique in the image. */
  readonly labels: Lines
  /** "/nix/store/…-perl-5.42.0". */
  readonly paths: Lines
  readonly own: readonly number[]
  readonly unpacked: readonly number[]
  /** Regular files. An owner that others refer to but that is not in the image has -1. */
  readonly files: readonly number[]
  /** Absent if every package has one owner. */
  readonly packages?: PagePackages
}

/** The packages that owners are of. */
export interface PagePackages {
  readonly names: Lines
  /** The number of the package of each owner. */
  readonly of: readonly number[]
}

/** The references between owners, and what their sizes depend on. */
export interface PageGraph {
  /** Where the references are known from: "references from nix-path-registration". */
  readonly origin: string
  /** The references as `Adjacency` has them. */
  readonly start: readonly number[]
  readonly list: readonly number[]
  /** A letter of `REFERENCE_LETTERS` for each reference. */
  readonly kinds: string
  /** Owners that are generated texts. */
  readonly texts: readonly number[]
  readonly byChance: readonly (readonly [from: number, to: number])[]
  readonly roots: readonly { readonly node: number; readonly reason: string }[]
  readonly exclusive: readonly number[]
  readonly held: readonly number[]
  readonly shared: readonly {
    readonly nodes: readonly number[]
    readonly shares: readonly number[]
    readonly bytes: number
  }[]
}

/** What to change in the configuration of a NixOS image. */
export interface PageAdvice {
  readonly items: readonly PageAdviceItem[]
  /** Bytes that go with all items that are followed. */
  readonly total: number
  /** Files and parts of files that items remove: their bytes, and the numbers of their owners, -1 for none. */
  readonly parts: { readonly bytes: readonly number[]; readonly owners: readonly number[] }
}

/** What an item of the advice removes. */
export interface PageRemoved {
  readonly references: readonly (readonly [from: number, to: number])[]
  /** Numbers of owners that are no roots any more. */
  readonly unrooted: readonly number[]
  /** Whether the boot loader's copies of what goes go too. */
  readonly withBoot: boolean
  /** Indexes of `parts`. */
  readonly parts: readonly number[]
}

export interface PageAdviceItem {
  readonly id: string
  readonly title: string
  /** Lines of a NixOS module. */
  readonly options: readonly string[]
  /** Bytes that go if it is followed alone; null if we cannot tell. */
  readonly saves: number | null
  /** "≈ 17.3 MiB after nix-daemon", or why it is not followed. */
  readonly note: string
  readonly isFollowed: boolean
  readonly loses: string
  /** How surely we know it. */
  readonly sureness: string
  /** Addresses, as text. */
  readonly sources: readonly string[]
  /** Numbers of the owners that go with it. */
  readonly owners: readonly number[]
  /** What it removes; absent if we cannot tell. */
  readonly removes?: PageRemoved
}

/** A comparison of two images. */
export interface PageDiff {
  readonly kind: 'diff'
  /** "nixos-a.iso → nixos-b.iso". */
  readonly name: string
  readonly old: PageDiffSide
  readonly new: PageDiffSide
  readonly rows: readonly PageDiffRow[]
  readonly warnings: readonly string[]
}

/** An image of a comparison. */
export interface PageDiffSide {
  readonly size: number
  /** The number of its document in the page. */
  readonly document: number
}

export interface PageDiffRow extends PageChange {
  /** Numbers of its owner in the old and in the new image; -1 if it has none. */
  readonly owners: readonly [old: number, new: number]
}

/** A change from one image to another. */
export interface PageChange {
  readonly name: string
  readonly change: DiffChange
  /** "new", "gone", "other version", … */
  readonly word: string
  readonly before: number
  readonly after: number
  /** "through: etc → perl". */
  readonly reason: string
}

/** The groups of a comparison. */
export const DIFF_CHANGES = ['grew', 'new', 'shrank', 'gone', 'same size'] as const
export type DiffChange = (typeof DIFF_CHANGES)[number]

/** What a page about a series of images is made from. */
export interface HistoryData {
  /** The version of isoscope that made it. */
  readonly version: string
  readonly history: PageHistory
}

/** A series of images. There is at least one. */
export interface PageHistory {
  /** "nixos-25.11.iso → nixos-26.05.iso". */
  readonly name: string
  /** "ordered by the date in each image". */
  readonly order: string
  /** What one owner is called, and several. */
  readonly noun: readonly [one: string, several: string]
  readonly images: readonly PageHistoryImage[]
  /** At each image they add up to its file. Those that changed most come first. */
  readonly lines: readonly PageHistoryLine[]
  /** What the lines are of: "packages", "regions". */
  readonly linesOf: string
}

/** An image of a series. */
export interface PageHistoryImage {
  readonly name: string
  /** Bytes of the file. */
  readonly size: number
  readonly owners: number
  /** How many owners came and went since the image before. */
  readonly came: number
  readonly went: number
  /** The label, the volume ID, the date. */
  readonly facts: readonly (readonly [word: string, text: string])[]
  readonly isWhole: boolean
  /** What caused the step from the image before, most first. */
  readonly causes: readonly PageCause[]
  /** The changes from the image before; with the rest they add up to the step. */
  readonly changes: readonly PageChange[]
  readonly rest: { readonly changes: number; readonly delta: number }
}

export interface PageCause {
  readonly name: string
  /** "lost: system-path → perl". */
  readonly reason: string
  readonly delta: number
}

/** The bytes of a package or a region over the images. */
export interface PageHistoryLine {
  readonly name: string
  /** Whether it is what is left beside the others. */
  readonly isRest: boolean
  /** In each image. */
  readonly own: readonly number[]
}

/** A letter for each kind of node. */
export const KIND_LETTERS = {
  image: 'i',
  region: 'r',
  owner: 'o',
  directory: 'd',
  file: 'f',
  link: 'l',
  rest: 't',
} as const

/** A letter for each kind of reference. */
export const REFERENCE_LETTERS = { structural: 's', chosen: 'c', 'built in': 'b' } as const
