import { expect, it } from 'vitest'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { openSource } from '../../src/images/open-image.ts'
import { DatabaseReader } from '../../src/owners/database-reader.ts'
import { rootOf } from '../../src/owners/root-file-system.ts'
import { squashfsOf } from '../parsers/squashfs/writer.ts'

it('says the same of a database only once, as of many files in one damaged block', () => {
  const reader = new DatabaseReader(rootOf(openSource(bytesSource(squashfsOf({ a: 'a' }), 'x.squashfs'))))
  reader.report('/a', 'is damaged')
  reader.report('/a', 'is damaged')
  reader.report('/b', 'is damaged')
  expect(reader.problems).toHaveLength(2)
})
