/** What the program does, for the help and the manual page. */
export const PURPOSE =
  'isoscope says what every byte of an image is for: a live ISO of NixOS, Debian or another system, a squashfs, a disk.'

/** Command lines to begin with, and what each answers. */
export const FIRST_STEPS: readonly (readonly [line: string, answer: string])[] = [
  ['isoscope nixos.iso', 'what it is made of, to the byte'],
  ['isoscope why nixos.iso perl', 'who pulls it in, and what a cut frees'],
  ['isoscope diff old.iso new.iso', 'what changed'],
]

/** The words for sizes. */
export const SIZES: readonly (readonly [word: string, meaning: string])[] = [
  ['own', 'bytes in the image file. They add up to the file, exactly.'],
  ['retained', 'own bytes that go when nothing refers to it any more.'],
  ['closure', 'own bytes of all that is reached from it. These two are never summed.'],
  ['unpacked', 'content bytes before compression, as du --apparent-size shows them.'],
]

/** A sentence, and the command line that shows it. */
export const INSIDE = ['An image inside an image is a folder', 'isoscope ls nixos.iso /nix-store.squashfs/'] as const

export const EXIT_CODES: readonly (readonly [code: number, meaning: string])[] = [
  [0, 'done'],
  [1, 'the answer is no'],
  [2, 'could not answer, or not in full'],
]
