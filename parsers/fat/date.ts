/**
 * A date and a time of a directory entry (fatgen 1.03, "Date and Time Formats") in seconds since 1970. They are local
 * time of an unknown zone, which we take for UTC, as `mdir` with TZ=UTC does. 0 when the date is not set.
 */
export function dosTime(date: number, time: number): number {
  const month = (date >> 5) & 0x0f
  const day = date & 0x1f
  if (month === 0 || month > 12 || day === 0) return 0
  const seconds = 2 * (time & 0x1f)
  return Date.UTC(1980 + (date >> 9), month - 1, day, time >> 11, (time >> 5) & 0x3f, seconds) / 1000
}
