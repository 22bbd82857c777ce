import type { PageData } from '../present/html/page-data.ts'

// What the page and its worker say to each other. A worker answers about one choice of files. To cancel ends it.

/** The formats in which an answer can be saved. */
export const SAVED_FORMATS = ['html', 'json', 'md'] as const
export type SavedFormat = (typeof SAVED_FORMATS)[number]

/** What the user asks for: one file, or the old and the new one of a comparison. */
export interface Question {
  readonly files: readonly [File] | readonly [old: File, now: File]
  /** Where references come from. */
  readonly references: 'auto' | 'scan'
}

export type Request =
  | { readonly kind: 'ask'; readonly question: Question; readonly version: string }
  | { readonly kind: 'save'; readonly format: SavedFormat }
  /** Whatever ended a thread. */
  | { readonly kind: 'thread ended'; readonly thread: number }

export type Answer =
  /** How far the work is: in words, and as a part of 1 if that is known. */
  | { readonly kind: 'progress'; readonly text: string; readonly part?: number }
  | { readonly kind: 'shown'; readonly data: PageData; readonly canScan: boolean }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'saved'; readonly name: string; readonly content: Blob }
  /** Asks for a thread, whose messages come and go by the port: a page may start a worker of its own, and a worker not. */
  | { readonly kind: 'start thread'; readonly thread: number; readonly port: MessagePort }
  | { readonly kind: 'end thread'; readonly thread: number }
