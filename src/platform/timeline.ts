/** A time line of the process: what happened when, and how busy each thread was. It is empty until it is started. */
interface Timeline {
  readonly events: { readonly name: string; readonly at: number }[]
  readonly threads: Map<string, Work>
}

/** The jobs of a thread. */
interface Work {
  jobs: number
  busy: number
  first: number
  last: number
}

let timeline: Timeline | undefined

/** @param isWanted whether to keep one */
export function startTimeline(isWanted: boolean): void {
  timeline = isWanted ? { events: [], threads: new Map() } : undefined
}

/** Milliseconds since 1970, which all threads count alike. */
export function clock(): number {
  return performance.timeOrigin + performance.now()
}

/** Notes that something happened now. */
export function mark(name: string): void {
  timeline?.events.push({ name, at: performance.now() })
}

/** Notes that a thread was busy with a job from `start` to `end`, by `clock`. */
export function worked(thread: string, start: number, end: number): void {
  if (timeline === undefined) return
  const work = timeline.threads.get(thread) ?? { jobs: 0, busy: 0, first: start, last: end }
  timeline.threads.set(thread, work)
  work.jobs += 1
  work.busy += end - start
  work.first = Math.min(work.first, start)
  work.last = Math.max(work.last, end)
}

/** The time line as lines of text, in milliseconds from the start of the process; empty if it was not started. */
export function timelineText(): string[] {
  if (timeline === undefined) return []
  const { events, threads } = timeline
  const milliseconds = (value: number): string => value.toFixed(0).padStart(7)
  const since = (time: number): string => milliseconds(time - performance.timeOrigin)
  const lines = ['     ms', ...events.map(({ name, at }) => `${milliseconds(at)}  ${name}`)]
  if (threads.size === 0) return lines
  return [
    ...lines,
    '  first   last   jobs   busy   idle',
    ...[...threads].map(
      ([name, { jobs, busy, first, last }]) =>
        `${since(first)}${since(last)}${String(jobs).padStart(7)}${milliseconds(busy)}${milliseconds(last - first - busy)}  ${name}`,
    ),
  ]
}
