/** How to write byte counts: powers of 1024, powers of 1000, or plain integers. */
export type Unit = 'iec' | 'si' | 'bytes'

const PREFIXES = ['', 'K', 'M', 'G', 'T', 'P']

/** "13.6 MiB", "14.3 MB" or "14,260,633". It has one decimal, and two from GiB up, where a tenth is a hundred MiB. */
export function formatBytes(bytes: number, unit: Unit): string {
  if (unit === 'bytes') return formatCount(bytes)
  const base = unit === 'iec' ? 1024 : 1000
  let power = 0
  let value = bytes
  while (value >= base && power < PREFIXES.length - 1) {
    value /= base
    power += 1
  }
  const decimals = power === 0 ? 0 : power >= 3 ? 2 : 1
  // 1023.96 KiB would round to 1024.0 KiB.
  if (power > 0 && power < PREFIXES.length - 1 && Number(value.toFixed(decimals)) >= base) {
    value /= base
    power += 1
  }
  const suffix = power === 0 ? 'B' : `${unit === 'iec' ? `${PREFIXES[power]}i` : power === 1 ? 'k' : PREFIXES[power]}B`
  return `${value.toFixed(power === 0 ? 0 : power >= 3 ? 2 : 1)} ${suffix}`
}

/** A difference: "+13.6 MiB", "−14,260,633", "0 B". It uses a minus sign, which is as wide as a plus. */
export function formatDelta(bytes: number, unit: Unit): string {
  const sign = bytes < 0 ? '−' : bytes > 0 ? '+' : ''
  return sign + formatBytes(Math.abs(bytes), unit)
}

/** "480,247,808". */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** "1 path", "1,234 paths". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

/** "30.2%" of a total; "–" if the total is 0. */
export function formatPercent(part: number, total: number): string {
  return total === 0 ? '–' : `${((part / total) * 100).toFixed(1)}%`
}

const FACTORS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 2 ** 10,
  kib: 2 ** 10,
  kb: 1e3,
  m: 2 ** 20,
  mib: 2 ** 20,
  mb: 1e6,
  g: 2 ** 30,
  gib: 2 ** 30,
  gb: 1e9,
  t: 2 ** 40,
  tib: 2 ** 40,
  tb: 1e12,
}

/** Bytes of a size in the notation of GNU tools: "10M" and "10MiB" count in 1024, "10MB" in 1000. */
export function parseBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim())
  const factor = FACTORS[match?.[2]?.toLowerCase() ?? '?']
  return match === null || factor === undefined ? undefined : Math.round(Number(match[1]) * factor)
}
