import { Context } from "../../context";
import type { AnalyticsEvent } from "../../event";
import { dictionary, isString, type Dictionary } from "../../objects";
import {
  KEEPALIVE_LIMIT,
  post,
  TRY_DEADLINE_MS,
  type Courier,
  type Fate,
  type OutboxParts,
  type Refusal,
} from "../../outbox";
import { createAlarm } from "./alarm";
import { createLedger } from "./ledger";
import { strategyOf } from "./strategy";
import { backoff, judge } from "./verdict";

/** Tries until an event is given up: the waits between them add up to more than four hours. */
export const MAX_TRIES = 16;
/** The longest batch, in bytes; what collectors of this kind take is 500 kB. */
const MAX_BATCH_BYTES = 450_000;

type Batch = (readonly [key: string, tries: number, payload: Dictionary])[];

/** `hidden`: the page may not come back; `gone`: it does not, and what only it keeps has its last chance. */
type Moment = "due" | "hidden" | "gone";

const bytes = (text: string): number => new TextEncoder().encode(text).length;

/**
 * Brings to the collector what the outbox could not by one post, or should not: retries, batches, what waits for the
 * network or for a collector that wants to be left alone, and what earlier pages left behind.
 *
 *     waiting --- due ---> claimed until the deadline, sent ---> collected: removed
 *        ^                                                |
 *        '---- no answer, an error, a rate limit ---------+----> refused, or too often: removed, announced as failed
 *
 * The queue is the truth, not the page: several tabs have couriers, and each reads an entry again before it acts.
 */
export function createCourier(parts: OutboxParts, random = Math.random): Courier {
  const { env, writeKey, announce, settings, load } = parts;
  const { window, now } = env;
  const { document, navigator } = window;
  const { isBatching, size, timeout } = strategyOf(settings);
  const retries = (load.retryQueue ?? settings.retryQueue) !== false;
  const maxTries = retries ? MAX_TRIES : 1;
  const { read, put, note, remove, keys, isOnlyHere, ...collector } = createLedger(
    window,
    writeKey,
    load.user.persist,
    now,
  );
  const contexts = new Map<string, Context>();
  /** Events of this page that wait for others to share their request. */
  const gathered = new Set<string>();
  const sending = new Set<string>();
  /** Bytes of `keepalive` bodies under way. */
  let kept = 0;
  /** False before Firefox 133: what is under way ends with the page. */
  const outlives = "keepalive" in (window as Window & typeof globalThis).Request.prototype;
  let draining = false;
  const wake = createAlarm(env, random, () => void drain());

  /** Until when nothing is sent. */
  const quietUntil = (): number => (retries && !navigator.onLine ? Infinity : collector.quietUntil());

  const tell = (key: string, payload: Dictionary, fate: Fate, reason?: string): void => {
    const ctx = contexts.get(key) ?? new Context(payload as AnalyticsEvent, key, now);
    if (fate !== "delayed") {
      contexts.delete(key);
      remove(key);
    }
    announce(ctx, fate, reason);
  };

  /** What one request may take: events that are due, up to so many bytes; more of them where the page may end. */
  const take = (room: number, moment: Moment): Batch => {
    const batch: Batch = [];
    const quiet = quietUntil();
    if (quiet > now()) {
      wake(quiet);
      return batch;
    }
    const isLate = (key: string): boolean => (read(key)?.[0] ?? 0) <= now();
    const isRipe = moment !== "due" || gathered.size >= size || [...gathered].some(isLate);
    for (const key of keys()) {
      const [due, tries, payload] = read(key) ?? [0, 0, {}];
      const isGathered = gathered.has(key);
      const isLastChance = moment === "gone" && isOnlyHere(key) && !sending.has(key);
      if (due > now() && !(isGathered && isRipe) && !isLastChance) wake(due, isGathered ? 0 : undefined);
      else if (!isString(payload.type)) remove(key);
      else if (tries >= maxTries) tell(key, payload, "failed", "the collector did not answer");
      else {
        const length = bytes(JSON.stringify(payload));
        const isAlone = moment === "due" && batch.length === 0;
        if (!isAlone && (length > room || batch.length >= size)) continue;
        room -= length;
        batch.push([key, tries, payload]);
      }
    }
    return batch;
  };

  const settle = (batch: Batch, refusal: Refusal): void => {
    const { reason, again } = judge(refusal, now());
    for (const [key, before, payload] of batch) {
      const tries = before + 1;
      sending.delete(key);
      // Another page has it by now, or is done with it.
      if (read(key)?.[1] !== tries) continue;
      if (again === undefined || tries >= maxTries) {
        tell(key, payload, "failed", reason);
        continue;
      }
      const due = now() + Math.max(again, backoff(tries, random()));
      put(key, [due, tries, payload]);
      if (again) collector.keepQuiet(due);
      wake(due);
      tell(key, payload, "delayed", reason);
    }
  };

  const send = async (batch: Batch, moment: Moment): Promise<void> => {
    const deadline = now() + TRY_DEADLINE_MS;
    const payloads = batch.map(([key, tries, payload]) => {
      gathered.delete(key);
      sending.add(key);
      put(key, [deadline, tries + 1, payload]);
      // As the official client counts: from 1 in batches, else from 2 (its segmentio/normalize, batched-dispatcher).
      const retryCount = tries + (isBatching ? 0 : 1);
      return tries ? { ...payload, _metadata: { ...dictionary(payload._metadata), retryCount } } : payload;
    });
    wake(deadline);
    const sentAt = new Date(now());
    const body = JSON.stringify(isBatching ? { writeKey, batch: payloads, sentAt } : { ...payloads[0], sentAt });
    const url = `${parts.collector}/${isBatching ? "b" : String(payloads[0]?.type).charAt(0)}`;
    if (moment === "gone" && !outlives && navigator.sendBeacon(url, body)) return;
    const length = bytes(body);
    const keepalive = kept + length <= KEEPALIVE_LIMIT;
    if (keepalive) kept += length;
    const refusal = await post(env, url, body, keepalive, () => {
      for (const [key, , payload] of batch) if (read(key)) tell(key, payload, "collected");
    });
    if (keepalive) kept -= length;
    if (refusal) settle(batch, refusal);
  };

  // One request at a time: a collector that is down is not asked by all events at once.
  const drain = async (): Promise<void> => {
    if (draining) return;
    draining = true;
    for (let batch; (batch = take(MAX_BATCH_BYTES, "due")).length > 0; ) await send(batch, "due");
    draining = false;
  };

  const leave = (moment: Moment): void => {
    for (let batch; (batch = take(KEEPALIVE_LIMIT - kept, moment)).length > 0; ) void send(batch, moment);
  };

  window.addEventListener("online", () => void drain());
  window.addEventListener("pagehide", () => {
    leave("gone");
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") leave("hidden");
  });
  wake(now());

  return (ctx, key, refusal, lost) => {
    if (lost) note(key, refusal ? 1 : 0, lost);
    const entry = read(key);
    // Another page was faster.
    if (!entry) return undefined;
    const [, tries, payload] = entry;
    contexts.set(key, ctx);
    const isQuiet = quietUntil() > now();
    if (tries > 0) {
      settle([[key, tries - 1, payload]], refusal ?? {});
      return undefined;
    }
    if (!isBatching && !isQuiet) return send([[key, 0, payload]], "due");
    put(key, [now() + timeout, 0, payload]);
    if (gathered.add(key).size < size) wake(now() + timeout, 0);
    else void drain();
    if (isQuiet) announce(ctx, "delayed", "offline, or the collector wants to be left alone");
    return undefined;
  };
}
