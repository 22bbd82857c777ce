/**
 * A time as "2026-11-23T19:30:12.000Z", as `toISOString` of a Date gives it; undefined outside the range of a Date.
 *
 * The first call of `toISOString` in a process makes V8 look for the time zone of the machine. That takes 20 ms where
 * /etc/localtime is absent, as in most containers.
 * @param seconds since 1970
 */
export function utcTime(seconds: number): string | undefined {
  const date = new Date(seconds * 1000)
  const year = date.getUTCFullYear()
  if (Number.isNaN(year)) return undefined
  const day = `${yearText(year)}-${padded(date.getUTCMonth() + 1)}-${padded(date.getUTCDate())}`
  const time = `${padded(date.getUTCHours())}:${padded(date.getUTCMinutes())}:${padded(date.getUTCSeconds())}`
  return `${day}T${time}.${padded(date.getUTCMilliseconds(), 3)}Z`
}

/** ECMA-262, Date Time String Format: years before 0 and after 9999 have a sign and six digits. */
function yearText(year: number): string {
  if (year >= 0 && year <= 9999) return padded(year, 4)
  return `${year < 0 ? '-' : '+'}${padded(Math.abs(year), 6)}`
}

function padded(number: number, digits = 2): string {
  return String(number).padStart(digits, '0')
}
