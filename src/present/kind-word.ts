/** The kind of a row in JSON, CSV and the like. These formats are older than the models of owners: they say `storePath`. */
export function kindWord(kind: string): string {
  return kind === 'owner' ? 'storePath' : kind
}
