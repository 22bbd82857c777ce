import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { byteString } from '../../parsers/bytes/byte-string.ts'
import { capabilityText } from '../../src/inventory/capabilities.ts'
import { describeWith, mustRun, ROOT } from '../oracle.ts'

describeWith(['setcap', 'getcap', 'getfattr', ROOT], 'file capabilities as getcap tells them', () => {
  let work = ''
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-caps-'))
  })
  afterAll(() => rmSync(work, { recursive: true }))

  it.each(['cap_net_raw=ep', 'cap_net_admin,cap_net_raw=ep', 'cap_setuid=p', 'cap_kill=ei', 'cap_bpf,cap_perfmon=eip'])(
    '%s',
    (text) => {
      const file = join(work, 'file')
      writeFileSync(file, 'x')
      mustRun('setcap', [text, file])
      const hex = /0x([0-9a-f]+)/.exec(
        mustRun('getfattr', ['-e', 'hex', '--absolute-names', '-n', 'security.capability', file]).toString(),
      )![1]!
      const told = mustRun('getcap', [file]).toString().trim().replace(`${file} `, '')
      expect(capabilityText(byteString(Buffer.from(hex, 'hex')))).toBe(told)
    },
  )
})
