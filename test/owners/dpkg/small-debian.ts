import type { Content } from '../../parsers/squashfs/writer.ts'

const paragraph = (fields: Readonly<Record<string, string>>): string =>
  Object.entries({ Status: 'install ok installed', Architecture: 'amd64', ...fields })
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('')

/** A small Debian system after the merge of /usr, with the database that dpkg and apt keep. */
export const SMALL_DEBIAN: Readonly<Record<string, Content>> = {
  bin: { target: 'usr/bin' },
  lib: { target: '/usr/lib' },
  'usr/bin/bash': 'bash'.repeat(2000),
  'usr/bin/editor': { target: '/etc/alternatives/editor' },
  'usr/bin/perf': 'the wrapper of perf',
  'usr/bin/perf.wrapper': 'perf'.repeat(500),
  'usr/bin/vim': 'vim'.repeat(3000),
  'usr/lib/x86_64-linux-gnu/libc.so.6': 'libc'.repeat(4000),
  'usr/lib/i386-linux-gnu/libc.so.6': 'libc for i386 '.repeat(300),
  'usr/lib/libtinfo.so': 'tinfo'.repeat(300),
  'etc/old.conf': 'left over',
  'etc/machine-id': '0123456789abcdef0123456789abcdef\n',
  'var/lib/dpkg/status': [
    paragraph({
      Package: 'bash',
      Essential: 'yes',
      Version: '5.2.15-2',
      'Pre-Depends': 'libc6 (>= 2.36),\n libtinfo6 (>= 6)',
    }),
    paragraph({ Package: 'libc6', Version: '2.36-9', 'Multi-Arch': 'same' }),
    paragraph({ Package: 'libc6', Version: '2.36-9', 'Multi-Arch': 'same', Architecture: 'i386' }),
    paragraph({ Package: 'libtinfo6', Version: '6.4-4', Source: 'ncurses', Depends: 'libc6 (>= 2.34)' }),
    paragraph({
      Package: 'vim',
      Version: '2:9.0.1378-2',
      Provides: 'editor',
      Depends: 'libc6, libgpm2 | libtinfo6:any (>= 6)',
      Recommends: 'perf-tools | linux-perf',
    }),
    paragraph({ Package: 'linux-perf', Version: '6.1.1', Depends: 'libc6' }),
    paragraph({ Package: 'perf-wrapper', Version: '1', Architecture: 'all', Depends: 'editor' }),
    paragraph({ Package: 'old', Version: '1', Status: 'deinstall ok config-files' }),
    paragraph({ Package: 'gone', Version: '1', Status: 'purge ok not-installed' }),
  ].join('\n'),
  'var/lib/dpkg/diversions': '/usr/bin/perf\n/usr/bin/perf.wrapper\nperf-wrapper\n',
  'var/lib/dpkg/info/bash.list': '/.\n/bin\n/bin/bash\n',
  'var/lib/dpkg/info/libc6:amd64.list': '/.\n/lib/x86_64-linux-gnu/libc.so.6\n',
  'var/lib/dpkg/info/libc6:i386.list': '/.\n/lib/i386-linux-gnu/libc.so.6\n/lib/i386-linux-gnu/missing\n',
  'var/lib/dpkg/info/libtinfo6:amd64.list': '/.\n/usr\n/usr/lib\n/usr/lib/libtinfo.so\n',
  'var/lib/dpkg/info/vim.list': '/.\n/usr/bin/vim\n/usr/bin/editor\n',
  'var/lib/dpkg/info/linux-perf.list': '/usr/bin/perf\n',
  'var/lib/dpkg/info/perf-wrapper.list': '/usr/bin/perf\n',
  'var/lib/dpkg/info/old.list': '/etc/old.conf\n',
  'var/lib/apt/extended_states': [
    'Package: libc6\nArchitecture: amd64\nAuto-Installed: 1\n',
    'Package: libtinfo6\nArchitecture: amd64\nAuto-Installed: 1\n',
    'Package: linux-perf\nArchitecture: amd64\nAuto-Installed: 1\n',
    'Package: vim\nArchitecture: amd64\nAuto-Installed: 0\n',
  ].join('\n'),
}

const { 'usr/bin/perf.wrapper': _, ...WITHOUT_PERF } = SMALL_DEBIAN

/** The same system after an update: of vim and libtinfo6, and without linux-perf, which is not installed any more. */
export const CHANGED_DEBIAN: Readonly<Record<string, Content>> = {
  ...WITHOUT_PERF,
  'usr/bin/vim': 'vi'.repeat(9000),
  'etc/new.conf': 'new',
  'var/lib/dpkg/status': (SMALL_DEBIAN['var/lib/dpkg/status'] as string)
    .replace('6.4-4', '6.5-1')
    .replace('installed\nArchitecture: amd64\nPackage: linux-perf', 'not-installed\nPackage: linux-perf'),
}
