import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { openSource } from '../../src/images/open-image.ts'
import { applicationIn } from '../../src/inventory/applications/find-application.ts'
import { writeElf } from '../parsers/elf/writer.ts'
import { bundleOf, signedMessage } from '../parsers/rauc/writer.ts'
import { LABELS, PARTITION, writeSif } from '../parsers/sif/writer.ts'
import { type Content, concat, squashfsOf, text } from '../parsers/squashfs/writer.ts'

type Files = Readonly<Record<string, Content>>

const applicationOf = (bytes: Uint8Array) => applicationIn(openSource(bytesSource(bytes, 'application')))

describe('the application of an AppImage', () => {
  const appImage = (files: Files) => applicationOf(concat(writeElf({ appImageType: 2 }), squashfsOf(files)))
  const DESKTOP =
    '[Desktop Entry]\nName=Gr\xc3\xbcn\nIcon=green\nX-AppImage-Version=1.2\n\n[Desktop Action x]\nName=Other\n'

  it('is told by the desktop file in its root, which may be a link', async () => {
    const found = { kind: 'AppImage', name: 'Grün', version: '1.2', icon: 'green', desktopFile: 'green.desktop' }
    expect(await appImage({ 'green.desktop': DESKTOP })).toEqual(found)
    const linked = { 'green.desktop': { target: 'usr/share/x.desktop' }, 'usr/share/x.desktop': DESKTOP }
    expect(await appImage(linked)).toEqual(found)
    const absolute = { 'green.desktop': { target: '/usr/share/x.desktop' }, 'usr/share/x.desktop': DESKTOP }
    expect(await appImage(absolute)).toEqual(found)
  })

  it('is not known without one, and lacks what that does not say or says in no text', async () => {
    expect(await appImage({ 'usr/share/x.desktop': DESKTOP })).toEqual({ kind: 'AppImage' })
    expect(await appImage({ 'a.desktop': { target: 'missing' }, 'b.desktop': 'no groups' })).toEqual({
      kind: 'AppImage',
    })
    const odd = `[Desktop Entry]\nName=\xff\nIcon=${'x'.repeat(300)}\nX-AppImage-Version=\n`
    expect(await appImage({ 'a.desktop': odd })).toEqual({ kind: 'AppImage', desktopFile: 'a.desktop' })
    expect(await appImage({ 'a.desktop': DESKTOP + '#'.repeat(70_000) })).toEqual({ kind: 'AppImage' })
  })
})

describe('the application of a snap', () => {
  const snap = (yaml: string) => applicationOf(squashfsOf({ 'meta/snap.yaml': yaml }))

  it('has the scalars of snap.yaml as they are written', async () => {
    const yaml = `# a comment
name: hello
version: '2.10'
summary: >
  name: this is no key
description: |
  version: nor this
base: core22
architectures: [amd64, arm64]
apps:
  hello: {command: bin/hello, version: 9}
`
    const facts = { version: '2.10', type: 'app', basedOn: 'core22', architecture: 'amd64, arm64' }
    expect(await snap(yaml)).toEqual({ kind: 'snap', name: 'hello', ...facts })
    expect(await snap('name: core22\nversion: 1.10\ntype: base\n')).toEqual({
      kind: 'snap',
      name: 'core22',
      version: '1.10',
      type: 'base',
    })
  })

  it('is none for other files of that name, whatever is in them', async () => {
    const bombs = ['a: &a [x, x]\nb: &b [*a, *a]\nname: *b\n', `${'['.repeat(5000)}`, `${'a: {'.repeat(3000)}`]
    for (const yaml of ['', 'version: 1\n', '- name\n', 'text', 'name: [x]\n', 'name: "\\', '\xff\xfe', ...bombs]) {
      expect(await snap(yaml), yaml.slice(0, 20)).toBeUndefined()
    }
    expect(await applicationOf(squashfsOf({ 'meta/other.yaml': 'name: x\n' }))).toBeUndefined()
  })
})

describe('the application of a Singularity container', () => {
  const sif = (labels: string | undefined, files: Files = { x: 'x' }) => {
    const partition = { type: PARTITION, bytes: squashfsOf(files), fileSystem: 1, partition: 2 }
    return applicationOf(
      writeSif([...(labels === undefined ? [] : [{ type: LABELS, bytes: text(labels) }]), partition]),
    )
  }
  const OCI = '{"org.opencontainers.image.title":"tool","org.opencontainers.image.version":"3","n":1}'

  it('has the labels of the SIF file, then those in the image', async () => {
    const known = { kind: 'SIF', architecture: 'amd64' }
    expect(await sif(OCI)).toEqual({ ...known, name: 'tool', version: '3' })
    const inside = {
      '.singularity.d/labels.json':
        '{"org.label-schema.name":"old","org.label-schema.usage.singularity.deffile.from":"debian:12"}',
    }
    expect(await sif(undefined, inside)).toEqual({ ...known, name: 'old', basedOn: 'debian:12' })
    expect(await sif(OCI, inside)).toEqual({ ...known, name: 'tool', version: '3', basedOn: 'debian:12' })
  })

  it('has none of what is no JSON, or no text', async () => {
    for (const labels of [
      '',
      '{',
      '[]',
      'null',
      '"x"',
      '{"org.label-schema.name":{}}',
      '\xff',
      `{"a":"${'x'.repeat(70_000)}"}`,
    ]) {
      expect(await sif(labels)).toEqual({ kind: 'SIF', architecture: 'amd64' })
    }
  })
})

describe('what a bundle of RAUC updates', () => {
  const MANIFEST = `[update]
compatible=Some Board
version=2026.11
build=7
[bundle]
format=verity
[image.rootfs]
filename=rootfs.ext4
size=4096
[image.appfs]
filename=app.img
size=large
[image.none]
`
  const facts = { name: 'Some Board', version: '2026.11', format: 'verity', build: '7' }
  const images = [
    { slot: 'rootfs', file: 'rootfs.ext4', size: 4096 },
    { slot: 'appfs', file: 'app.img' },
  ]

  it('is in the signed manifest, else in that of the image', async () => {
    const image = squashfsOf({ 'manifest.raucm': '[update]\ncompatible=Not Signed\n' })
    expect(await applicationOf(bundleOf(image, { signature: signedMessage(MANIFEST), tree: 4096 }))).toEqual({
      kind: 'RAUC bundle',
      ...facts,
      images,
    })
    expect(await applicationOf(bundleOf(image))).toEqual({
      kind: 'RAUC bundle',
      name: 'Not Signed',
      format: 'plain',
      images: [],
    })
    expect(await applicationOf(bundleOf(squashfsOf({ x: 'x' })))).toEqual({ kind: 'RAUC bundle' })
  })
})
