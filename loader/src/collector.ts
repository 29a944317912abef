import type { Environment } from "./environment";
import type { EventType } from "./event";
import { isString, reasonOf, type Dictionary } from "./objects";

/** How one post ended. */
export type Collected = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** Browsers refuse `keepalive` bodies above 64 KiB in flight (Fetch standard, HTTP-network-or-cache fetch). */
const KEEPALIVE_LIMIT = 60_000;

/** Where events go: the source's API host, or without one the edge's own sink, never anybody else. */
export function collectorUrl(settings: Dictionary, cdn: string): string {
  const { apiHost, protocol } = settings;
  return isString(apiHost) && apiHost !== "" ? `${protocol === "http" ? "http" : "https"}://${apiHost}` : `${cdn}/v1`;
}

/**
 * Posts one event. `text/plain` and no header of our own, so that the browser asks no leave first (CORS
 * preflight). A refused `keepalive` (its budget is shared by the whole page) is tried once more without.
 */
export async function post(env: Environment, base: string, type: EventType, payload: Dictionary): Promise<Collected> {
  const send = (body: string, keepalive: boolean): Promise<{ status: number }> =>
    env.fetch(`${base}/${type.charAt(0)}`, {
      method: "POST",
      headers: { "Content-Type": "text/plain" },
      body,
      keepalive,
    });
  try {
    const body = JSON.stringify(payload);
    const keepalive = body.length < KEEPALIVE_LIMIT;
    const { status } = await send(body, keepalive).catch((thrown: unknown) => {
      if (keepalive) return send(body, false);
      throw thrown;
    });
    return status < 400 ? { ok: true } : { ok: false, reason: `the collector answered ${String(status)}` };
  } catch (thrown) {
    return { ok: false, reason: `the event could not be sent: ${reasonOf(thrown)}` };
  }
}
