import type { Environment } from "./environment";
import type { Early } from "./lazy/early";
import type { Rest } from "./lazy/rest";
import { loadFactory } from "./script";

/** Milliseconds that code which is fetched on use has to arrive. */
export const LAZY_DEADLINE_MS = 5_000;

/** What has to be known of a file to fetch it. */
export type Known = readonly [hash: string, integrity: string];

/** Filled in by the build, of `src/lazy/early.ts`. */
declare const __LAZY__: Known;

/** Where it comes from, and with what nonce. */
export interface LazyOrigin {
  readonly env: Environment;
  readonly cdn: string;
  readonly nonce?: string | undefined;
}

/**
 * Fetches one immutable file of the edge, checked by its hash: without `known` the one with what a first event may wait
 * for. Rejects when it cannot be had.
 */
export async function fetchLazy<T = Early>({ env, cdn, nonce }: LazyOrigin, [hash, integrity] = __LAZY__): Promise<T> {
  const url = `${cdn}/next-integrations/actions/edgewise/${hash}.js`;
  return (await loadFactory(env.window, { url, integrity, libraryName: "edgewise:lazy" }, nonce))({}) as T;
}

/**
 * Fetches all else that few pages ask for. Its hash is in the first file and not in every page's client, which carries
 * one as it is; so it comes one request later. Rejects when either cannot be had.
 */
export async function fetchRest(origin: LazyOrigin): Promise<Rest> {
  return fetchLazy(origin, (await fetchLazy(origin)).rest);
}
