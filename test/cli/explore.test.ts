import { expect, it } from 'vitest'
import { isoscope, isoscopeProcess } from './run.ts'

it('isoscope explore needs a terminal, and says so in one sentence', () => {
  for (const { code, stdout, stderr } of [
    isoscope(['explore', 'mini.iso']),
    isoscopeProcess(['explore', 'mini.iso']),
  ]) {
    expect({ code, stdout: stdout.toString(), stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: 'isoscope: explore needs a terminal, for its keys and its screen\n',
    })
  }
})
