import { expect, it } from 'vitest'
import { readKeyFile } from '../../../parsers/key-file/key-file.ts'

const asObject = (text: string) =>
  Object.fromEntries(Array.from(readKeyFile(text), ([k, v]) => [k, Object.fromEntries(v)]))

it('a key file has groups of keys, comments, and values with escapes', () => {
  const text = `
# a comment
lost=outside of a group
[Desktop Entry]
Name=Some App
Name[de]=Eine App
Exec = app  --x=y
Comment=two\\nlines\\sand \\\\ \\x
Empty=
no line of a key
[Other]
Name=other\r
[Desktop Entry]
Name=the last one
`
  expect(asObject(text)).toEqual({
    'Desktop Entry': {
      Name: 'the last one',
      'Name[de]': 'Eine App',
      Exec: 'app  --x=y',
      Comment: 'two\nlines and \\ \\x',
      Empty: '',
    },
    Other: { Name: 'other' },
  })
  expect(asObject('')).toEqual({})
})

it('a key file of one long line takes no time that grows with its square', () => {
  const started = process.cpuUsage()
  for (const part of ['a', ' ', '=', '[', '\\', 'a ']) readKeyFile(`[x]\n${part.repeat(30_000)}\n`)
  const { user, system } = process.cpuUsage(started)
  expect(user + system).toBeLessThan(1_000_000)
})
