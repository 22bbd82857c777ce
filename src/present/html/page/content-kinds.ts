import type { Tree } from './tree.ts'

/** What content is, as far as names tell. The index of a kind is its number. */
export const CONTENT_KINDS = [
  { id: 'programs', label: 'programs and libraries' },
  { id: 'kernel', label: 'kernel, boot and initrd' },
  { id: 'firmware', label: 'firmware' },
  { id: 'scripts', label: 'scripts and their modules' },
  { id: 'development', label: 'headers and development' },
  { id: 'documentation', label: 'documentation' },
  { id: 'translations', label: 'translations' },
  { id: 'media', label: 'fonts, icons and media' },
  { id: 'data', label: 'data and configuration' },
  { id: 'tables', label: 'tables and padding' },
] as const

export type ContentKind = (typeof CONTENT_KINDS)[number]['id']

const NUMBERS = new Map<string, number>(CONTENT_KINDS.map(({ id }, number) => [id, number]))

/** The number of the kind of what is no content. */
export const TABLES: number = NUMBERS.get('tables')!

const BY_DIRECTORY = byName({
  programs: ['bin', 'sbin', 'libexec'],
  kernel: ['boot', 'efi', 'EFI', 'isolinux', 'grub', 'syslinux', 'modules', 'kernel'],
  firmware: ['firmware'],
  scripts: ['site-packages', 'perl5', 'site_perl', 'ruby', 'node_modules', 'lua', 'site-lisp', 'tcl8.6'],
  development: ['include', 'pkgconfig', 'cmake', 'aclocal', 'nix-support'],
  documentation: ['doc', 'docs', 'man', 'info', 'help', 'gtk-doc', 'devhelp'],
  translations: ['locale', 'locales', 'i18n', 'translations'],
  media: ['fonts', 'icons', 'themes', 'pixmaps', 'sounds', 'backgrounds', 'wallpapers'],
})

const BY_EXTENSION = byName({
  programs: ['so', 'dll', 'exe', 'node'],
  kernel: ['ko', 'efi', 'c32'],
  firmware: ['fw', 'ucode'],
  scripts: ['py', 'pyc', 'pl', 'pm', 'rb', 'js', 'mjs', 'lua', 'tcl', 'el', 'elc', 'sh', 'bash', 'fish', 'zsh', 'nix'],
  development: ['a', 'h', 'hpp', 'hh', 'pc', 'la', 'o', 'gir', 'vapi', 'c', 'cpp'],
  documentation: ['html', 'md', 'txt', 'rst', 'pod', 'pdf', 'texi'],
  translations: ['mo', 'po', 'qm'],
  media: ['ttf', 'otf', 'pfb', 'png', 'svg', 'jpg', 'jpeg', 'gif', 'ico', 'ogg', 'oga', 'wav', 'webp', 'xpm'],
})

const KERNEL_FILE = /^(bzImage|vmlinuz|initrd|Image|System\.map|microcode)/
/** Owners by the ends and beginnings of their names. */
const BY_OWNER: readonly (readonly [RegExp, ContentKind])[] = [
  [/-dev$/, 'development'],
  [/-(doc|devdoc|man|info)$/, 'documentation'],
  [/-firmware(-|$)|^firmware-/, 'firmware'],
  [/^(initrd|linux)-/, 'kernel'],
  [/^(unit-|etc-|.*\.(conf|service|json|rules)$)/, 'data'],
]

function byName(names: Partial<Record<ContentKind, readonly string[]>>): ReadonlyMap<string, number> {
  return new Map(
    Object.entries(names).flatMap(([kind, some]) => some.map((name) => [name, NUMBERS.get(kind)!] as const)),
  )
}

/** No directory above says what it is. */
const UNTOLD = 255

/** The kind of each node of a tree. For a directory it is the kind of the largest part of its content. */
export function contentKinds(tree: Tree): { readonly of: Uint8Array; readonly sums: readonly number[] } {
  const { count, names, kinds, parent, own } = tree
  const of = new Uint8Array(count)
  /** What the directories above say. */
  const told = new Uint8Array(count).fill(UNTOLD)
  const width = CONTENT_KINDS.length
  const bytes = new Float64Array(count * width)
  for (let node = 0; node < count; node += 1) {
    const above = node === 0 ? UNTOLD : told[parent[node]!]!
    told[node] = above === UNTOLD ? kindByName(names[node]!, kinds[node]!) : above
    bytes[node * width + kindOf(told[node]!, names[node]!, kinds[node]!)] = own[node]!
  }
  for (let node = count - 1; node > 0; node -= 1) {
    const to = parent[node]! * width
    for (let kind = 0; kind < width; kind += 1) bytes[to + kind]! += bytes[node * width + kind]!
  }
  for (let node = 0; node < count; node += 1) {
    let most = kindOf(told[node]!, names[node]!, kinds[node]!)
    for (let kind = 0; kind < width; kind += 1)
      if (bytes[node * width + kind]! > bytes[node * width + most]!) most = kind
    of[node] = most
  }
  return { of, sums: Array.from(bytes.subarray(0, width)) }
}

function kindByName(name: string, letter: string): number {
  if (letter === 't') return TABLES
  if (letter === 'o') {
    const short = name.replace(/^[0-9a-z]{32}-/, '')
    for (const [pattern, kind] of BY_OWNER) if (pattern.test(short)) return NUMBERS.get(kind)!
    return UNTOLD
  }
  if (letter === 'r') return name.startsWith('[') ? TABLES : (BY_DIRECTORY.get(name.slice(1)) ?? UNTOLD)
  return letter === 'd' ? (BY_DIRECTORY.get(name) ?? UNTOLD) : UNTOLD
}

/** The kind of a node alone. */
function kindOf(told: number, name: string, letter: string): number {
  if (told !== UNTOLD) return told
  if (letter !== 'f') return NUMBERS.get('data')!
  if (KERNEL_FILE.test(name)) return NUMBERS.get('kernel')!
  // "libz.so.1.3", "usb.ko.zst": what is behind the name of the kind does not count.
  for (const part of name.split('.').slice(1).reverse()) {
    const kind = BY_EXTENSION.get(part)
    if (kind !== undefined) return kind
  }
  return NUMBERS.get('data')!
}
