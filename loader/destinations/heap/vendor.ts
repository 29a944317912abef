import type { Dictionary } from "../../src/objects";
import { claim } from "../shared/only-one";
import { vendorScript } from "../shared/vendor-script";

/** What this destination uses of Heap: the script's, or the stub that stands for it. */
export interface Heap {
  envId?: string;
  /** The old snippet's name for it. */
  appid?: string;
  clientConfig?: Dictionary;
  track(event: string, properties: Dictionary): unknown;
  identify(id: string): unknown;
  addUserProperties(properties: Dictionary): unknown;
  resetIdentity(): unknown;
}

interface Page {
  heap?: Heap;
  /** Calls that wait: the script runs each `fn` when it is ready. */
  heapReadyCb?: { readonly name: string; readonly fn: () => unknown }[];
}

const METHODS = [
  "init",
  "startTracking",
  "stopTracking",
  "track",
  "resetIdentity",
  "identify",
  "identifyHashed",
  "getSessionId",
  "getUserId",
  "getIdentity",
  "addUserProperties",
  "addEventProperties",
  "removeEventProperty",
  "clearEventProperties",
  "addAccountProperties",
  "addAdapter",
  "addTransformer",
  "addTransformerFn",
  "onReady",
  "addPageviewProperties",
  "removePageviewProperty",
  "clearPageviewProperties",
  "trackPageview",
];

function stub(page: Page): Heap {
  const waiting = (page.heapReadyCb ??= []);
  const heap: Record<string, unknown> = {};
  for (const name of METHODS) {
    const deferred = (...args: unknown[]): void => {
      waiting.push({
        name,
        fn: () => {
          // By then the script has put its own method in this one's place, in this object or in another.
          const method: unknown = (page.heap as unknown as Record<string, unknown>)[name];
          if (method !== deferred) (method as (...given: unknown[]) => unknown).apply(page.heap, args);
        },
      });
    };
    heap[name] = deferred;
  }
  return heap as unknown as Heap;
}

/** The page's Heap for an app, and the promise of the script behind it. Heap records one app per page. */
export function heapFor(
  appId: string,
  host: string,
  config: Dictionary,
): { readonly heap: () => Heap; readonly loaded: Promise<void> } {
  const page = window as Page;
  claim("Heap", appId, page.heap?.envId ?? page.heap?.appid);
  let loaded = Promise.resolve();
  if (!page.heap) {
    page.heap = Object.assign(stub(page), { envId: appId, clientConfig: { ...config, shouldFetchServerConfig: false } });
    // developers.heap.io, "Web installation": the snippet.
    loaded = vendorScript(`https://${host}/config/${encodeURIComponent(appId)}/heap_config.js`);
  }
  const { heap } = page;
  return { heap: () => page.heap ?? heap, loaded };
}
