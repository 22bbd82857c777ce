/** The tables of a dataset of images. Columns of one name mean the same in each of them. */
export const TABLES = ['images', 'owners', 'references', 'files'] as const

export type TableName = (typeof TABLES)[number]
