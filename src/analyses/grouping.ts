/**
 * What the rows of an answer may be, in every command: a store path or package each, all owners of one package, or
 * directories, files or regions.
 */
export const GROUPINGS = ['path', 'package', 'directory', 'file', 'region'] as const
export type Grouping = (typeof GROUPINGS)[number]

/** What the changes of a history are of. */
export const HISTORY_GROUPINGS = ['path', 'package', 'region'] as const satisfies readonly Grouping[]
export type HistoryGrouping = (typeof HISTORY_GROUPINGS)[number]
