/** The keys, each with what it does. They fit a screen of 60 columns and 20 lines. */
export const KEY_LINES: readonly string[] = [
  'Up Down  j k    one line; PgUp PgDn, Home End, g G farther',
  'Right l         what the store path pulls in, or holds',
  'Left h          back; in the first list: what pulls it in',
  'Backspace       back to the list before',
  'Enter           the files in it',
  '/               search; * and ? as in globs; sums up',
  'w               why it is there, and what to cut',
  'x               remove it, or put it back (what if?)',
  'X               remove the reference it is listed for',
  'u               undo the last removal',
  'a               size: retained, own, unpacked',
  's               order: by size, by name',
  'v               references, dominators, files, duplicates',
  'b               by path, package, directory, file, region',
  'd               two images: all, grew, shrank, new, gone',
  'q Esc           quit',
]

/** The keys that the last line of the screen names, the most useful first. */
export const KEY_HINTS: readonly string[] = [
  '←→ go',
  'Enter files',
  '/ search',
  'w why',
  'x remove',
  'v view',
  '? keys',
  'q quit',
  'b rows',
  'u undo',
  'a size',
  's sort',
]

/** The same for the window that says why. */
export const WHY_HINTS: readonly string[] = ['x remove the reference', 'u undo', 'Enter go there', 'w close']
