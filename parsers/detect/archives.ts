import { type FileWord, listedBy7zz, type Recogniser, recogniseSignatures, textAt, viewAt } from './foreign-file.ts'

const listedBy =
  (command: string) =>
  (file: FileWord): string =>
    `${command} ${file()} lists it`

/** Archives and packages that we recognise by their first bytes. */
// biome-ignore format: one signature a line
const recogniseFixed = recogniseSignatures([
  { offset: 0, bytes: 'PK\x03\x04', what: 'a zip archive', advice: listedBy('unzip -l') },
  { offset: 0, bytes: 'PK\x05\x06', what: 'an empty zip archive' },
  { offset: 257, bytes: 'ustar', what: 'a tar archive', advice: listedBy('tar -tf') },
  { offset: 0, bytes: '7z\xbc\xaf\x27\x1c', what: 'a 7z archive', advice: listedBy7zz },
  { offset: 0, bytes: 'Rar!\x1a\x07', what: 'a RAR archive', advice: listedBy7zz },
  { offset: 0, bytes: 'MSCF\0\0\0\0', what: 'a cabinet archive', advice: listedBy7zz },
  { offset: 0, bytes: 'MSWIM\0\0\0', what: 'a Windows image (WIM)', advice: listedBy7zz },
  { offset: 0, bytes: 'xar!', what: 'a xar archive', advice: listedBy7zz },
  { offset: 0, bytes: '!<arch>\ndebian-binary', what: 'a Debian package', advice: listedBy('dpkg-deb -c') },
  { offset: 0, bytes: '!<arch>\n', what: 'an ar archive', advice: listedBy('ar t') },
  { offset: 0, bytes: '\xed\xab\xee\xdb', what: 'an RPM package', advice: listedBy('rpm -qlp') },
  { offset: 0, bytes: '\x0d\0\0\0\0\0\0\0nix-archive-1', what: 'a Nix archive (NAR)', advice: (file) => `nix nar ls -lR ${file()} / lists it` },
  { offset: 0, bytes: '%PDF-', what: 'a PDF document' },
])

/** Images that Android's tools write and that boot loaders of small devices start. */
// biome-ignore format: one signature a line
const recogniseDevices = recogniseSignatures([
  { offset: 0, bytes: '\x3a\xff\x26\xed', what: 'an Android sparse image', advice: (file) => `simg2img ${file()} ${file('.raw')} converts it to a raw image` },
  { offset: 0, bytes: 'ANDROID!', what: 'an Android boot image, which has a kernel and an initrd' },
])

/** A tar archive from before POSIX. It has no magic, so we verify the checksum of its header (tar(5), old-style). */
const recogniseOldTar: Recogniser = (source, file) => {
  const view = viewAt(source, 0, 512)
  const text = textAt(source, 148, 8)
  if (view === undefined || text === undefined || !/^ *[0-7]+[\0 ]/.test(text)) return undefined
  let sum = 0
  for (let at = 0; at < 512; at += 1) sum += at >= 148 && at < 156 ? 0x20 : view.getUint8(at)
  const isTar = sum === Number.parseInt(text, 8) && view.getUint8(0) !== 0
  return isTar ? { what: 'a tar archive', advice: listedBy('tar -tf')(file), offset: 148 } : undefined
}

export const ARCHIVES: readonly Recogniser[] = [recogniseFixed, recogniseDevices, recogniseOldTar]
