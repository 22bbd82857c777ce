/** Command lines for the help and the manual page, each with what it answers. */
export const EXAMPLES: readonly (readonly [line: string, answer: string])[] = [
  ['isoscope nixos.iso', 'what it is made of, to the byte'],
  ['isoscope nixos.iso -n 0 -s unpacked', 'all store paths, by unpacked size'],
  ['isoscope nixos.iso --json', 'the same for programs'],
  ['isoscope why nixos.iso perl', 'who pulls it in, and what a cut would free'],
  ['isoscope ls nixos.iso /boot', 'look into it'],
  ['isoscope cat nixos.iso /version.txt', 'the content of a file'],
]

/** The words for sizes. */
export const SIZES: readonly (readonly [word: string, meaning: string])[] = [
  [
    'own',
    `bytes in the image file: compressed blocks, a fair share of what is
shared, and of the tables. Own sizes add up to the file, exactly.`,
  ],
  ['retained', 'own bytes that go away when nothing refers to the path any more.'],
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

/** What the program does, in a sentence. */
export const PURPOSE = 'Says what every byte of a NixOS ISO, any ISO9660 image or any squashfs is for.'
