import { gzipSync } from 'node:zlib'
import { concat, text } from '../parsers/squashfs/writer.ts'

/** A tar archive with some files, by name (tar(5), "POSIX ustar Archives"). */
export function tarOf(files: Readonly<Record<string, string>>): Uint8Array {
  return concat(
    ...Object.entries(files).flatMap(([name, content]) => {
      const header = new Uint8Array(512)
      header.set(text(name), 0)
      header.set(text('0000644'), 100)
      header.set(text(content.length.toString(8).padStart(11, '0')), 124)
      header.set(text('0'), 156)
      header.set(text('ustar'), 257)
      // The sum counts its own field as spaces.
      header.fill(0x20, 148, 156)
      const sum = header.reduce((total, byte) => total + byte, 0)
      header.set(text(`${sum.toString(8).padStart(6, '0')}\0 `), 148)
      return [header, text(content), new Uint8Array((512 - (content.length % 512)) % 512)]
    }),
  )
}

/** An archive of ar (deb(5)). */
export function arOf(members: Readonly<Record<string, Uint8Array>>): Uint8Array {
  return concat(
    text('!<arch>\n'),
    ...Object.entries(members).flatMap(([name, bytes]) => [
      text(`${name.padEnd(16)}${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'100644'.padEnd(8)}`),
      text(`${String(bytes.length).padEnd(10)}\`\n`),
      bytes,
      new Uint8Array(bytes.length % 2),
    ]),
  )
}

/** A package of dpkg without files. */
export function debOf(control: string): Uint8Array {
  return arOf({
    'debian-binary': text('2.0\n'),
    'control.tar.gz': gzipSync(tarOf({ './md5sums': '0'.repeat(700), './control': control })),
    'data.tar.gz': gzipSync(new Uint8Array(1024)),
  })
}

/** A package of apk in its second format: a signature, the control part, and the files, each compressed on its own. */
export function apkOf(info: string): Uint8Array {
  return concat(
    gzipSync(tarOf({ '.SIGN.RSA.key.rsa.pub': 'signature' })),
    gzipSync(tarOf({ '.PKGINFO': info })),
    gzipSync(concat(tarOf({ 'usr/bin/x': 'x' }), new Uint8Array(1024))),
  )
}

/** A package of pacman. */
export function pacmanOf(info: string): Uint8Array {
  return gzipSync(
    concat(tarOf({ '.BUILDINFO': 'format = 2\n', '.PKGINFO': info, 'usr/bin/x': 'x' }), new Uint8Array(1024)),
  )
}
