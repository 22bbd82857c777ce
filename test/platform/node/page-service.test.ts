import { describe, expect, it } from 'vitest'
import { HttpProblem } from '../../../src/platform/http-problem.ts'
import { keptPages } from '../../../src/platform/node/kept-pages.ts'
import { PageService } from '../../../src/platform/node/page-service.ts'

const PAGE = 1 << 18

/** No two pages are alike, and no two places in a page. */
const BYTES = new Uint8Array(Uint32Array.from({ length: (100 * PAGE) / 4 }, (_, index) => index * 0x9e3779b1).buffer)

/** A service of a file, and the pages that it asked for. */
function served(size: number, fails: (request: string) => boolean = () => false, rest = 0) {
  const requests: string[] = []
  const wanted = new Uint8Array(200)
  const get = async (
    start: number,
    end: number,
    take: (piece: Uint8Array, before: number) => void,
  ): Promise<number> => {
    const request = `${start / PAGE}-${end / PAGE}`
    requests.push(request)
    const stop = Math.min(end, size)
    for (let at = start; at < stop; at += 100_000) {
      await new Promise((later) => setImmediate(later))
      if (fails(request)) throw new HttpProblem('the server is gone')
      take(BYTES.slice(at, Math.min(at + 100_000, stop)), at - start)
    }
    return Math.max(stop - start, 0)
  }
  const service = new PageService({ get, facts: () => ({ size, stamp: '"one"' }) }, wanted, keptPages(), rest)
  /** Reads like a thread with a channel of so many pages. */
  const read = async (first: number, last: number, room = 8): Promise<number> => {
    const target = new Uint8Array(room * PAGE)
    const count = await service.get(target, first, last)
    expect(Buffer.compare(target.subarray(0, count), BYTES.subarray(first * PAGE, first * PAGE + count))).toBe(0)
    return count / PAGE
  }
  /** Until nothing is on its way. */
  const quiet = (): Promise<void> => new Promise((later) => setTimeout(later, 100))
  return { read, requests, wanted, quiet }
}

describe('pages for several threads', () => {
  it('are asked for once, whoever wants them', async () => {
    const { read, requests } = served(40 * PAGE)
    const counts = await Promise.all([read(0, 0), read(10, 13), read(11, 11), read(12, 14), read(10, 10)])
    expect(counts.every((count) => count > 0)).toBe(true)
    await Promise.all([read(10, 13), read(13, 13), read(0, 0)])
    expect(requests.slice(0, 2)).toEqual(['0-1', '10-14'])
    expect(requests.length).toBeLessThanOrEqual(3)
  })

  it('are as many as an answer has room for', async () => {
    const { read, requests, quiet } = served(40.5 * PAGE)
    expect(await read(5, 24)).toBeGreaterThanOrEqual(1)
    await quiet()
    expect(await read(5, 24)).toBe(8)
    expect(await read(5, 24, 2)).toBe(2)
    expect(await read(40, 40)).toBe(0.5)
    expect(await read(41, 41)).toBe(0)
    expect(requests).toEqual(['0-1', '5-25', '37-40.5'])
  })

  it('come before they are needed, if it is known that they are', async () => {
    const { read, requests, wanted, quiet } = served(100 * PAGE)
    wanted.fill(1, 4, 10)
    wanted.fill(1, 12, 14)
    wanted.fill(1, 15, 90)
    await read(5, 5)
    await quiet()
    // The page with its neighbours, then what is soon needed.
    expect(requests).toEqual(['0-1', '4-10', '12-14', '15-47'])
    await read(13, 13)
    await quiet()
    expect(requests).toHaveLength(4)
    await read(40, 40)
    await quiet()
    expect(requests.slice(4)).toEqual(['47-79'])
    expect(wanted.indexOf(1)).toBe(79)
  })

  it('are asked for again after an error, which only those hear who wait', async () => {
    let isGone = true
    const { read, requests, wanted, quiet } = served(100 * PAGE, (request) => request !== '0-1' && isGone)
    const failures = await Promise.allSettled([read(3, 4), read(4, 4), read(0, 0)])
    expect(failures.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled'])
    expect((failures[0] as PromiseRejectedResult).reason).toEqual(new HttpProblem('the server is gone'))
    wanted.fill(1, 1, 9)
    await read(0, 0)
    await quiet()
    isGone = false
    expect(await read(3, 4)).toBeGreaterThanOrEqual(1)
    expect(requests).toEqual(['0-1', '3-5', '1-9', '3-5'])
  })

  it('are not asked for again soon after an error, however many are wanted', async () => {
    const { read, requests, wanted, quiet } = served(100 * PAGE, (request) => request !== '0-1', 10_000)
    await read(0, 0)
    wanted.fill(1, 10, 90)
    const failures = await Promise.allSettled([10, 20, 30, 40, 50].map((page) => read(page, page)))
    expect(failures.every(({ status }) => status === 'rejected')).toBe(true)
    const before = requests.length
    for (let page = 1; page < 90; page += 1) await expect(read(page, page)).rejects.toThrow('the server is gone')
    await quiet()
    expect(requests).toHaveLength(before)
    expect(await read(0, 0)).toBe(1)
  })

  it('are an error if they are fewer than the file has', async () => {
    const { read } = served(20 * PAGE)
    const short = new PageService(
      { get: async (start) => (start === 0 ? PAGE : 0), facts: () => ({ size: 20 * PAGE, stamp: '' }) },
      new Uint8Array(20),
    )
    await expect(short.get(new Uint8Array(PAGE), 3, 3)).rejects.toThrow('fewer bytes than the file has')
    expect(await read(3, 3)).toBe(1)
  })

  it('are none of an empty file', async () => {
    expect(await served(0).read(0, 0)).toBe(0)
  })
})
