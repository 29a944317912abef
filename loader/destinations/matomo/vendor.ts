import { vendorScript } from "../shared/vendor-script";
import { Waiting } from "../shared/waiting";

/** What this destination uses of a tracker (developer.matomo.org, "JavaScript tracking client"). */
export interface Tracker {
  disableCookies(): void;
  setDoNotTrack(on: boolean): void;
  enableLinkTracking(): void;
  setUserId(id: string): void;
  setCustomUrl(url: string): void;
  setReferrerUrl(url: string): void;
  trackPageView(title?: string): void;
  trackEvent(category: string, action: string, name?: string, value?: number): void;
  trackGoal(id: number, revenue?: number): void;
  trackSiteSearch(keyword: string, category?: string, results?: number): void;
  addEcommerceItem(sku: string, name?: string, category?: string, price?: number, quantity?: number): void;
  clearEcommerceCart(): void;
  trackEcommerceCartUpdate(total: number): void;
  trackEcommerceOrder(
    id: string,
    total: number,
    subtotal?: number,
    tax?: number,
    shipping?: number,
    discount?: number,
  ): void;
}

interface Page {
  Matomo?: { getTracker(url: string, siteId: string): Tracker };
  /** Called by matomo.js when it has run, so that trackers can be made without the shared `_paq`. */
  matomoAsyncInit?: () => void;
}

/**
 * A tracker of its own for one destination, whatever else on the page uses Matomo, and the promise of matomo.js.
 *
 * `_paq` would not do: a call pushed there goes to every tracker of the page.
 */
export function createTracker(
  url: string,
  siteId: string,
): { readonly tracker: Waiting<Tracker>; readonly loaded: Promise<void> } {
  const page = window as Page;
  const base = `${url.replace(/\/+$/, "")}/`;
  let made: Tracker | undefined;
  const tracker = new Waiting(() => (made ??= page.Matomo?.getTracker(`${base}matomo.php`, siteId)));
  if (page.Matomo) return { tracker, loaded: Promise.resolve() };
  const before = page.matomoAsyncInit;
  page.matomoAsyncInit = () => {
    before?.();
    tracker.flush();
  };
  return {
    tracker,
    loaded: vendorScript(`${base}matomo.js`).then(() => {
      tracker.flush();
    }),
  };
}
