import type { Context } from "./context";
import { within, type Environment } from "./environment";
import { fetchRest, LAZY_DEADLINE_MS, type LazyOrigin } from "./lazy";
import type { Dictionary } from "./objects";
import type { LoadOptions } from "./options";
import { keysOn, openDisk, prefixOf, write } from "./queue";

/** How an event fares. One that is delayed is tried again, by this page or by another of its site. */
export type Fate = "collected" | "delayed" | "failed";

/** Milliseconds that one try has. Until then nobody else sends the event; then whoever comes first does. */
export const TRY_DEADLINE_MS = 10_000;
/** Browsers refuse `keepalive` bodies above 64 KiB in flight, for the whole page (Fetch standard, section 4.6). */
export const KEEPALIVE_LIMIT = 60_000;

/** Why a try came to nothing: what the collector answered, what was thrown; neither where time ran out. */
export interface Refusal {
  readonly status?: number;
  readonly headers?: Pick<Headers, "get">;
  readonly message?: string;
}

export interface OutboxParts extends LazyOrigin {
  readonly writeKey: string;
  /** Base address of the collector, with scheme. */
  readonly collector: string;
  /** The `Segment.io` settings. */
  readonly settings: Dictionary;
  readonly load: Pick<LoadOptions, "user" | "retryQueue">;
  readonly announce: (ctx: Context, fate: Fate, reason?: string) => void;
}

/**
 * Takes over an event for which one try was not enough, or which is not to be sent alone. `lost` is its payload where
 * it is written down nowhere.
 */
export type Courier = (
  ctx: Context,
  key: string,
  refusal: Refusal | undefined,
  lost: Dictionary | undefined,
) => unknown;

/**
 * Posts; resolves with nothing where the body was `collected`, which may be heard of after the deadline as well.
 * `text/plain` and no header of our own, so that the browser asks no leave first (CORS preflight).
 */
export function post(
  env: Environment,
  url: string,
  body: string,
  keepalive: boolean,
  collected: () => void,
): Promise<Refusal | undefined> {
  const headers = { "Content-Type": "text/plain" };
  const posted = env.fetch(url, { method: "POST", headers, body, keepalive }).then((answer) => {
    if (answer.status >= 400) return answer;
    collected();
    return undefined;
  });
  return within<Refusal | undefined, Refusal>(env, TRY_DEADLINE_MS, posted, {}).catch(
    (thrown: unknown) => thrown as Refusal,
  );
}

/**
 * Sends each event and keeps it until it is collected. What a page that goes away has not heard of is written down, as
 * far as the browser has room, and the site's next page sends it again, with the same `messageId`.
 *
 *     written down, claimed until the deadline --- sent ---> collected: removed
 *                                                   |
 *                                                   '------> not: the courier's
 */
export function createOutbox(parts: OutboxParts): (ctx: Context, payload: Dictionary) => Promise<void> {
  const { env, announce } = parts;
  const prefix = prefixOf(parts.writeKey);
  const disk = openDisk(env.window, parts.load.user.persist);
  let courier: Courier | undefined;
  let hired: Promise<unknown> | undefined;
  const hire = (): Promise<unknown> =>
    (hired ??= fetchRest(parts).then(
      ({ createCourier }) => (courier = createCourier(parts)),
      () => (hired = undefined),
    ));
  // Again, since what was asked for without a network may fail only after it is back.
  env.window.addEventListener("online", () => void hire().then(hire));
  // What earlier pages left.
  if (keysOn(disk, prefix)[0]) void hire();

  return async (ctx, payload) => {
    const key = prefix + ctx.id;
    const now = env.now();
    const isTried = !courier && !parts.settings.deliveryStrategy && !disk?.getItem(prefix);
    const isKept = write(disk, prefix, key, isTried ? [now + TRY_DEADLINE_MS, 1, payload] : [0, 0, payload]);
    let refusal: Refusal | undefined;
    if (isTried) {
      const body = JSON.stringify({ ...payload, sentAt: new Date(now) });
      const url = `${parts.collector}/${ctx.event.type.charAt(0)}`;
      refusal = await post(env, url, body, body.length < KEEPALIVE_LIMIT, () => {
        disk?.removeItem(key);
        announce(ctx, "collected");
      });
      if (!refusal) return;
    }
    const hiring = hire();
    await within(env, LAZY_DEADLINE_MS, hiring);
    if (!courier) announce(ctx, "delayed");
    // It may still come, and then takes over what only this page has.
    await hiring;
    if (courier) await courier(ctx, key, refusal, isKept ? undefined : payload);
    else if (!isKept) announce(ctx, "failed", "neither sent nor kept");
  };
}
