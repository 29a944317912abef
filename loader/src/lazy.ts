import type { Environment } from "./environment";
import type { PluginFactory } from "./plugin";
import { loadFactory } from "./script";

/** By module name: its hash and its integrity. Filled in by the build, from `src/lazy/<name>.ts`. */
declare const __LAZY__: Readonly<Record<"courier" | "extras", readonly [hash: string, integrity: string]>>;

/**
 * Fetches code that few pages ask for, when one does: an immutable file of the edge, checked by its hash. Rejects when
 * it cannot be had.
 */
export function fetchLazy(
  window: Environment["window"],
  cdn: string,
  name: keyof typeof __LAZY__,
  nonce: string | undefined,
): Promise<PluginFactory> {
  const [hash, integrity] = __LAZY__[name];
  const url = `${cdn}/next-integrations/actions/edgewise/${hash}.js`;
  return loadFactory(window, { url, integrity, libraryName: `edgewise:${name}` }, nonce);
}
