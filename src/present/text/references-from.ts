/** Where we know the references of an answer from, for a line of it. */
export function referencesFrom(origin: 'registration' | 'scan', complete: boolean): string {
  const known = origin === 'scan' ? 'a scan for store hashes' : 'nix-path-registration'
  return `references from ${known}${complete ? '' : ', as far as it could be read'}`
}
