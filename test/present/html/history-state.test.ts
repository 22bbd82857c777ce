import { describe, expect, it } from 'vitest'
import { firstHistoryState, historyStateText, readHistoryState } from '../../../src/present/html/page/history-state.ts'

const [IMAGES, LINES] = [3, 2]
const first = firstHistoryState(IMAGES)
const read = (text: string) => readHistoryState(text, IMAGES, LINES, first)

describe('the address of a page about a series', () => {
  it('says nothing of the first state, which is the last image', () => {
    expect(first.image).toBe(2)
    expect(historyStateText(first, first)).toBe('')
    expect(read('')).toEqual(first)
  })

  it('says each other state so that it is read back', () => {
    for (const image of [0, 1, 2]) {
      for (const line of [-1, 0, 1]) {
        const more = { chart: 'lines', tab: 'images', sort: 'fileSize', ascending: true, find: 'a&b=#ü' } as const
        const state = { ...first, ...more, image, line }
        expect(read(historyStateText(state, first))).toEqual(state)
      }
    }
    // People count from 1.
    expect(historyStateText({ ...first, image: 0 }, first)).toBe('image=1')
  })

  it.each(['image=0', 'image=4', 'image=1.5', 'image=x', 'line=2', 'line=-1', 'chart=pie', 'tab=rows'])(
    'means the first state where it makes no sense: %s',
    (text) => expect(read(text)).toEqual(first),
  )
})
