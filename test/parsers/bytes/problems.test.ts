import { describe, expect, it } from 'vitest'
import { FormatError } from '../../../parsers/bytes/errors.ts'
import { Problems } from '../../../parsers/bytes/problems.ts'
import { bytesSource } from '../../../parsers/bytes/source.ts'

const source = bytesSource(new Uint8Array(10), 'image')
const at = (offset: number) => ({ structure: 'table', offset })
const details = (problems: Problems): string[] => problems.found().warnings.map(({ detail }) => detail)

describe('Problems', () => {
  it('keeps three of a kind and counts the rest, with the place of the last', () => {
    const problems = new Problems(source)
    for (let index = 0; index < 10; index += 1) problems.add('MALFORMED', 'odd', at(index))
    problems.add('MALFORMED', 'rare', at(1))
    const { warnings, complete } = problems.found()
    expect(complete).toBe(true)
    expect(warnings.map(({ detail, facts }) => [detail, facts.offset])).toEqual([
      ['odd', 0],
      ['odd', 1],
      ['odd', 2],
      ['rare', 1],
      ['odd (7 more like this, the last of them here)', 9],
    ])
  })

  it('tells what a reader below found twice once', () => {
    const problems = new Problems(source)
    for (let index = 0; index < 9; index += 1) {
      problems.note(new FormatError('CHECKSUM', 'wrong', { source: 'image', ...at(5) }))
    }
    expect(details(problems)).toEqual(['wrong'])
  })

  it('counts kinds that are too many, but not limits, which can be raised', () => {
    const problems = new Problems(source)
    for (let index = 0; index < 150; index += 1) problems.lose('MALFORMED', `odd ${index}`, at(index))
    problems.lose('LIMIT', 'too large', { ...at(1), limit: 'entries' })
    expect(problems.complete).toBe(false)
    expect(details(problems).slice(99)).toEqual([
      'odd 99',
      'too large',
      'odd 149 (50 more of other kinds, the last of them here)',
    ])
  })

  it('goes on from earlier problems without changing them', () => {
    const earlier = new Problems(source)
    for (let index = 0; index < 4; index += 1) earlier.add('MALFORMED', 'odd', at(index))
    const later = new Problems(source, earlier)
    later.lose('MALFORMED', 'odd', at(4))
    later.lose('MALFORMED', 'lost', at(0))
    expect(details(later)).toEqual(['odd', 'odd', 'odd', 'lost', 'odd (2 more like this, the last of them here)'])
    expect(details(earlier)).toEqual(['odd', 'odd', 'odd', 'odd (1 more like this, the last of them here)'])
    expect([earlier.complete, later.complete]).toEqual([true, false])
  })

  it('tells nothing after a problem that explains the rest, and still knows that something is lost', () => {
    const problems = new Problems(source)
    problems.explain(new FormatError('TRUNCATED', 'cut short', { source: 'image', ...at(0) }))
    problems.lose('MALFORMED', 'lost', at(1))
    expect(details(problems)).toEqual(['cut short'])
    expect(problems.complete).toBe(false)
  })
})
