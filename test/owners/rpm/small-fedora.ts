import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { Content } from '../../parsers/squashfs/writer.ts'

/** The database that rpm wrote when it installed the packages of fixtures/rpm/small.spec, without documentation. */
export const RPMDB: Uint8Array = gunzipSync(
  readFileSync(new URL('../../../fixtures/rpm/rpmdb.sqlite.gz', import.meta.url)),
)

/** The system that it describes, with a link to the database as Fedora has, and a file of no package. */
export const SMALL_FEDORA: Readonly<Record<string, Content>> = {
  bin: { target: 'usr/bin' },
  sbin: { target: 'usr/sbin' },
  'usr/bin/tool': 'tool'.repeat(3000),
  'usr/bin/tool-link': { target: 'tool' },
  'usr/bin/tool-hard': 'tool'.repeat(3000),
  'usr/bin/small-shell': 'shell',
  'usr/bin/script': 'script',
  'usr/sbin/small-service': 'service',
  'usr/lib/libsmall.so': { target: 'libsmall.so.1.0' },
  'usr/lib/libsmall.so.1.0': 'library'.repeat(2000),
  'usr/lib/libsmall-compat.so': 'compat',
  'usr/lib/unowned.so': 'of no package',
  'usr/share/licenses/COMMON': 'a licence of two',
  'usr/share/doc/tool/README': 'left out when it was installed, and put there by somebody else',
  'usr/share/docs/na\u00c3\u00afve.txt': 'a name in UTF-8',
  'usr/share/docs/a page with a name of some length, 1.txt': 'Page 1',
  'etc/tool.d/tool.conf': 'an option = 1',
  'var/lib/rpm': { target: '../../usr/lib/sysimage/rpm' },
  'usr/lib/sysimage/rpm/rpmdb.sqlite': RPMDB,
}
