import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { elfFile } from '../../parsers/elf/elf-file.ts'
import { describeWith, mustRun } from '../oracle.ts'

const elf = (bytes: Uint8Array) => elfFile(bytesSource(bytes, 'program'))

describeWith(['readelf'], 'programs of this machine', () => {
  it.each([process.execPath, '/bin/true', '/bin/sh'])('%s ends where readelf says its table does', (path) => {
    const told = mustRun('readelf', ['-hW', path]).toString()
    const number = (name: string): number => Number(new RegExp(`${name}: +(\\d+)`).exec(told)![1])
    const table =
      number('Start of section headers') + number('Size of section headers') * number('Number of section headers')
    expect(elf(readFileSync(path))?.end).toBe(table)
  })
})
