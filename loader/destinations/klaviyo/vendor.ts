import type { Dictionary } from "../../src/objects";
import { claim } from "../shared/only-one";
import { vendorScript } from "../shared/vendor-script";

/** `klaviyo`, any method of which waits in `_klOnsite` until the script takes it (developers.klaviyo.com, "JavaScript API"). */
export interface Klaviyo {
  identify(person: Dictionary): unknown;
  track(event: string, properties: Dictionary): unknown;
}

interface Page {
  klaviyo?: Klaviyo;
  _klOnsite?: { push(...calls: unknown[]): unknown };
}

function stub(page: Page): Klaviyo {
  page._klOnsite ??= [];
  // Looked up at each call: the script puts its own object in the array's place, and keeps this stub.
  const keep = (...calls: unknown[]): unknown => page._klOnsite?.push(...calls);
  const get = (_target: object, method: string): unknown =>
    method === "push"
      ? keep
      : (...args: unknown[]) =>
          new Promise((resolve) => {
            keep([method, ...args, resolve]);
          });
  return new Proxy({}, { get }) as Klaviyo;
}

/** The page's `klaviyo` for an account, and the promise of the script behind it. A page has one account. */
export function klaviyoFor(siteId: string): { readonly klaviyo: () => Klaviyo; readonly loaded: Promise<void> } {
  const page = window as Page;
  claim("Klaviyo", siteId);
  let loaded = Promise.resolve();
  if (!page.klaviyo) {
    page.klaviyo = stub(page);
    loaded = vendorScript(`https://static.klaviyo.com/onsite/js/klaviyo.js?company_id=${encodeURIComponent(siteId)}`);
  }
  const { klaviyo } = page;
  return { klaviyo: () => page.klaviyo ?? klaviyo, loaded };
}
