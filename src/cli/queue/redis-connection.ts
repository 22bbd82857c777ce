import { setTimeout as pause } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { UsageError } from '../exit-codes.ts'
import { note, say } from '../output.ts'

/** The variable that stands for `--redis`, so that a password need not be in a list of processes. */
const VARIABLE = 'REDIS_URL'

/** How long we wait before we connect again, in milliseconds: longer each time, up to this. */
const LONGEST_PAUSE = 2000

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing answers there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'there is no such host',
  ENOENT: 'there is no such socket',
  EACCES: 'permission denied',
  ETIMEDOUT: 'it does not answer',
  ECONNRESET: 'it closed the connection',
  EPIPE: 'it closed the connection',
}

/** Errors of Redis that do not pass by themselves, by their first word. */
const REFUSALS: Readonly<Record<string, string>> = {
  NOAUTH: 'it wants a password',
  NOPERM: 'the user may not do all that a queue needs',
  WRONGPASS: 'the user or the password is wrong',
}

/** How long a server may take to answer at first, in milliseconds. */
const PATIENCE = 10_000

/** A connection to Redis, and what it is called. */
export interface RedisConnection {
  readonly client: Redis
  /** The URL without user and password. */
  readonly shown: string
}

/**
 * Connects to Redis. A connection that is lost later is made again, however long that takes, and what is asked meanwhile
 * waits.
 * @param given the value of `--redis`
 * @throws {UsageError} if there is no Redis at first
 */
export async function connectRedis(given: string | undefined, client: typeof Redis): Promise<RedisConnection> {
  const url = given ?? process.env[VARIABLE] ?? ''
  if (url === '') throw new UsageError(`there is no --redis URL, and ${VARIABLE} is not set`)
  const shown = shownRedis(url)
  const redis = new client(url, {
    lazyConnect: true,
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(times * 100, LONGEST_PAUSE),
  })
  let reason = ''
  // Of several addresses of a host, each has an error of its own.
  redis.on('error', (error: NodeJS.ErrnoException) => {
    reason = reasonOf(error)
  })
  const answered = redis.connect().then(() => redis.ping())
  // It may come when nobody waits any more.
  answered.catch(() => {})
  try {
    const isThere = await Promise.race([answered, pause(PATIENCE, undefined, { ref: false })])
    if (isThere === undefined) throw new Error(REASONS['ETIMEDOUT'])
  } catch (error) {
    redis.disconnect()
    throw new UsageError(`${shown}: ${reason === '' ? reasonOf(error as Error) : reason}`)
  }
  return { client: redis, shown }
}

function reasonOf({ code = '', message }: NodeJS.ErrnoException): string {
  return REASONS[code] ?? REFUSALS[firstWord(message)] ?? message
}

/** Errors of Redis begin with a word in capitals. */
function firstWord(message: string): string {
  return message.split(' ', 1)[0]!
}

/** The error for the user if Redis refuses what we ask, and will go on to; undefined for what may pass. */
export function refusalOf(error: Error, { shown }: RedisConnection): UsageError | undefined {
  if (REFUSALS[firstWord(error.message)] === undefined) return undefined
  return new UsageError(`${shown}: ${reasonOf(error)}`, [], { cause: error })
}

/** The error for the user if it is an answer of Redis; other errors stay as they are. */
export function answeredError(error: unknown, { shown }: RedisConnection): unknown {
  if (!(error instanceof Error) || error.name !== 'ReplyError') return error
  return new UsageError(`${shown}: ${reasonOf(error)}`, [], { cause: error })
}

/** Says when the connection is lost, and when it is there again, until what it returns is called. */
export function tellOutages({ client, shown }: RedisConnection): () => void {
  let isLost = false
  const lost = (): void => {
    if (!isLost) say(`${shown}: the connection is lost; connecting again`)
    isLost = true
  }
  const found = (): void => {
    if (isLost) note(`${shown}: connected again`)
    isLost = false
  }
  client.on('close', lost).on('ready', found)
  return () => client.off('close', lost).off('ready', found)
}

/** The URL of a Redis without what may be secret. @throws {UsageError} if it is none */
function shownRedis(url: string): string {
  if (url.startsWith('/')) return url.replace(/\?.*$/s, '')
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed?.protocol !== 'redis:' && parsed?.protocol !== 'rediss:') {
    throw new UsageError('--redis: give redis://HOST:PORT, rediss://HOST:PORT, or the path of a socket from / on')
  }
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}`
}
