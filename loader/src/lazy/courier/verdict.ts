import type { Refusal } from "../../outbox";

/**
 * What follows from a try that came to nothing. Without `again` the event is given up; above 0 the collector wants to
 * be left alone for so many milliseconds, whatever the event.
 */
export interface Verdict {
  readonly reason: string;
  readonly again?: number;
}

/** Longest wait that a collector can ask for, in milliseconds: 12 hours, analytics-next's `maxRateLimitDuration`. */
export const MAX_WAIT_MS = 43_200_000;
/** The n-th wait is about 2^n times this many milliseconds, and so half a second at first. */
const BACKOFF_MS = 250;
/** Statuses that are worth another try (analytics-next plugins/segmentio/shared-dispatcher, its defaults). */
const RETRIED = /^(408|410|429|460|5(?!01|05|11)..)$/;

/** Reads an answer; `Retry-After` is in seconds or a date (RFC 9110 section 10.2.3). */
export function judge({ status, headers, message }: Refusal, now: number): Verdict {
  if (status === undefined)
    return { reason: message ? `the event could not be sent: ${message}` : "the collector did not answer", again: 0 };
  const reason = `the collector answered ${String(status)}`;
  if (!RETRIED.test(String(status))) return { reason };
  const retryAfter = headers?.get("Retry-After") ?? "";
  const wait = Number(retryAfter) * 1000 || Date.parse(retryAfter) - now;
  return { reason, again: wait > 0 ? Math.min(wait, MAX_WAIT_MS) : Number(status === 429) };
}

/** Milliseconds before the next try, after so many; `random` is from 0 to 1. */
export function backoff(tries: number, random: number): number {
  return BACKOFF_MS * 2 ** tries * (1 + random / 5);
}
