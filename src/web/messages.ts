import type { RemoteFile } from '../platform/remote-file.ts'
import type { PageData } from '../present/html/page-data.ts'

// What the page and its worker say to each other. A worker answers about one choice of files. To cancel ends it.

/** The formats in which an answer can be saved. */
export const SAVED_FORMATS = ['html', 'json', 'md'] as const
export type SavedFormat = (typeof SAVED_FORMATS)[number]

/** A file that the user chose, or one on a server. */
export interface Chosen {
  readonly file: File | RemoteFile
  /** What answers and messages call it. */
  readonly name: string
  /** Whether it is on this machine, so that all of it may be read. */
  readonly isHere: boolean
}

/** What an answer found out about a file on this machine. */
export interface Known {
  /** The `imageIdentity` of the file before it was read. Some browsers read a file that has changed. */
  readonly identity: string
  /** As `partsToJson` has it. */
  readonly parts: string
}

/** What the user asks for: one file, or the old and the new one of a comparison. */
export interface Question {
  readonly files: readonly [Chosen] | readonly [old: Chosen, now: Chosen]
  /** Where references come from. */
  readonly references: 'auto' | 'scan'
  /** As `--deep` of the command line. */
  readonly deep: boolean
  /** What an earlier answer found out about the file. */
  readonly known?: Known | undefined
}

export type Request =
  | { readonly kind: 'ask'; readonly question: Question; readonly version: string }
  | { readonly kind: 'save'; readonly format: SavedFormat }
  /** Whatever ended a thread. */
  | { readonly kind: 'thread ended'; readonly thread: number }

/** What an answer leaves out, and what it would take. */
export interface More {
  /** The bytes that a scan for references reads, in words; absent if there is nothing to scan. */
  readonly scan?: string
  /** What a scan need not find out again. */
  readonly known?: Known
  /** The bytes that a look inside reads, in words; absent if it was done, or cannot be done. */
  readonly deep?: string
  /** What is left out, in words. */
  readonly leftOut?: string
}

/** What an answer took of servers. */
export interface Traffic {
  readonly requests: number
  readonly bytes: number
}

export type Answer =
  /** How far the work is: in words, and as a part of 1 if that is known. */
  | { readonly kind: 'progress'; readonly text: string; readonly part?: number }
  | { readonly kind: 'shown'; readonly data: PageData; readonly more: More; readonly traffic: Traffic }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'saved'; readonly name: string; readonly content: Blob }
  /** Asks for a thread, whose messages come and go by the port: a page may start a worker of its own, and a worker not. */
  | { readonly kind: 'start thread'; readonly thread: number; readonly port: MessagePort }
  | { readonly kind: 'end thread'; readonly thread: number }
