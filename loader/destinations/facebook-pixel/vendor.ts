import { vendorScript } from "../shared/vendor-script";

/** Meta's documented address (developers.facebook.com/docs/meta-pixel/get-started). */
const SCRIPT = "https://connect.facebook.net/en_US/fbevents.js";

/** `fbq`, which keeps calls in `queue` until fbevents.js sets `callMethod`. */
export interface Fbq {
  (...args: unknown[]): void;
  callMethod?: (...args: unknown[]) => void;
  queue: unknown[];
  push: Fbq;
  loaded: boolean;
  version: string;
  /** True: fbevents.js does not send page views of its own on history changes; page calls do. */
  disablePushState?: boolean;
  /** True: two page views of one address are both sent, as page calls ask. */
  allowDuplicatePageViews?: boolean;
}

interface Page {
  fbq?: Fbq;
  _fbq?: Fbq;
}

/** The page's `fbq`, made where there is none, and the promise of the script behind it. */
export function pixel(): { readonly fbq: Fbq; readonly loaded: Promise<void> } {
  const page = window as Page;
  if (!page.fbq) {
    const queue: unknown[] = [];
    const fbq = ((...args: unknown[]): void => {
      if (fbq.callMethod) fbq.callMethod(...args);
      else queue.push(args);
    }) as Fbq;
    Object.assign(fbq, {
      queue,
      push: fbq,
      loaded: true,
      version: "2.0",
      disablePushState: true,
      allowDuplicatePageViews: true,
    });
    page.fbq = fbq;
    page._fbq ??= fbq;
    script = vendorScript(SCRIPT);
  }
  // A page with Meta's own snippet loads the script itself.
  return { fbq: page.fbq, loaded: script ?? Promise.resolve() };
}

/** What Meta was last told of how data may be used. On the window: two sources on a page each run code of their own. */
const KEY = Symbol.for("edgewise.data-use");

/**
 * Says how this pixel's data may be used, where the last to say so was another pixel that may do otherwise.
 *
 * Meta's `dataProcessingOptions` names no pixel, and holds for what comes after it.
 */
export function dataUse(fbq: Fbq, limited: boolean): void {
  const page = window as unknown as Record<symbol, boolean | undefined>;
  if (page[KEY] === limited) return;
  page[KEY] = limited;
  fbq("dataProcessingOptions", limited ? ["LDU"] : [], 0, 0);
}

let script: Promise<void> | undefined;
