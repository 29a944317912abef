import type { PluginFactory } from "./plugin";
import type { RemotePlugin } from "./manifest";
import { isFunction } from "./objects";

/**
 * Loads a destination's bundle and takes the factory that it set.
 *
 * Every loader inserts scripts of its own (the browser's cache makes the second free) and reads the global in
 * the script's `load` event, which the browser fires before it runs any other script: two sources with
 * different builds of one bundle on a page never take each other's factory.
 */
export function loadFactory(
  window: Window,
  entry: Pick<RemotePlugin, "url" | "integrity" | "libraryName">,
  nonce: string | undefined,
): Promise<PluginFactory> {
  const { document } = window;
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.async = true;
    script.src = entry.url;
    if (entry.integrity) {
      script.integrity = entry.integrity;
      script.crossOrigin = "anonymous";
    }
    if (nonce) script.nonce = nonce;
    script.onload = () => {
      const factory = (window as unknown as Record<string, unknown>)[entry.libraryName];
      if (isFunction(factory)) resolve(factory);
      else reject(new Error(`the bundle did not set window.${entry.libraryName}`));
    };
    script.onerror = () => {
      reject(new Error("the bundle could not be loaded, or its integrity did not match"));
    };
    document.head.appendChild(script);
  });
}
