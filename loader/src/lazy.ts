import { inTime, type Environment } from "./environment";
import type { Rest } from "./lazy/rest";
import { loadFactory } from "./script";

/** Milliseconds that code which is fetched on use has to arrive. */
export const LAZY_DEADLINE_MS = 5_000;

/** Filled in by the build, of `src/lazy/rest.ts`. */
declare const __LAZY__: readonly [hash: string, integrity: string];

/** Where it comes from, and with what nonce. */
export interface RestOrigin {
  readonly env: Environment;
  readonly cdn: string;
  readonly nonce: string | undefined;
}

/**
 * Fetches the code that few pages ask for, when one does: one immutable file of the edge, checked by its hash. One and
 * not several, since every page's client carries the hash of each. Rejects when it cannot be had.
 */
export async function fetchRest({ env, cdn, nonce }: RestOrigin): Promise<Rest> {
  const [hash, integrity] = __LAZY__;
  const url = `${cdn}/next-integrations/actions/edgewise/${hash}.js`;
  return (await loadFactory(env.window, { url, integrity, libraryName: "edgewise:rest" }, nonce))({}) as Rest;
}

/** The same for what cannot wait for long: rejects at its deadline as well. */
export function fetchRestSoon(origin: RestOrigin): Promise<Rest> {
  return inTime(origin.env, LAZY_DEADLINE_MS, fetchRest(origin));
}
