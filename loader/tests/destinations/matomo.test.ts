import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Host } from "../../destinations/shared/plugin";
import type { Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import { freshPage, globals } from "../harness";
import { give, host, loaded, scripts } from "./harness";

let factory: (settings: Dictionary) => Plugin<Host>;

beforeEach(async () => {
  freshPage();
  vi.resetModules();
  ({ default: factory } = await import("../../destinations/matomo/index"));
});

/** A Matomo whose trackers write down what they are told. */
function matomo(): { readonly calls: unknown[][]; readonly getTracker: (url: string, siteId: string) => unknown } {
  const calls: unknown[][] = [];
  const getTracker = (url: string, siteId: string): unknown =>
    new Proxy(
      {},
      {
        get:
          (_target, method) =>
          (...args: unknown[]) => {
            calls.push([`${url}#${siteId}`, method, ...args]);
          },
      },
    );
  return { calls, getTracker };
}

const SITE = { url: "https://m.example/x/", siteId: "3" };
const told = (calls: unknown[][]): unknown[][] => calls.map(([, ...call]) => call);

describe("Matomo", () => {
  test("asks its server for the script, and makes a tracker of its own when it has run", async () => {
    const plugin = await loaded(factory({ ...SITE, disableCookies: true, doNotTrack: true }), host({ id: "u0" }));
    await give(plugin, "identify", { userId: "u1" });
    expect(scripts().map(({ src }) => src)).toEqual(["https://m.example/x/matomo.js"]);
    const { calls, getTracker } = matomo();
    globals.Matomo = { getTracker };
    (globals.matomoAsyncInit as () => void)();
    expect(calls[0]?.[0]).toBe("https://m.example/x/matomo.php#3");
    expect(told(calls)).toEqual([
      ["disableCookies"],
      ["setDoNotTrack", true],
      ["enableLinkTracking"],
      ["setUserId", "u0"],
      ["setUserId", "u1"],
    ]);
  });

  test("two sites on a page each get their own events, and the page's own start hook is kept", async () => {
    const own = vi.fn();
    globals.matomoAsyncInit = own;
    const one = await loaded(factory(SITE));
    const two = await loaded(factory({ ...SITE, siteId: "4" }));
    await give(one, "track", { event: "A" });
    await give(two, "track", { event: "B" });
    const { calls, getTracker } = matomo();
    globals.Matomo = { getTracker };
    (globals.matomoAsyncInit as () => void)();
    expect(own).toHaveBeenCalledOnce();
    expect(calls.filter(([, method]) => method === "trackEvent").map(([site, , , event]) => [site, event])).toEqual([
      ["https://m.example/x/matomo.php#3", "A"],
      ["https://m.example/x/matomo.php#4", "B"],
    ]);
  });

  test("reports the page that the site shows, which need not be the one that was loaded", async () => {
    const { calls, getTracker } = matomo();
    globals.Matomo = { getTracker };
    const plugin = await loaded(factory(SITE));
    await give(plugin, "page", { context: { page: { url: "https://shop.example/a", referrer: "r", title: "T" } } });
    expect(told(calls).slice(1)).toEqual([
      ["setCustomUrl", "https://shop.example/a"],
      ["setReferrerUrl", "r"],
      ["trackPageView", "T"],
    ]);
    expect(scripts()).toEqual([]);
  });

  test("tells orders, carts, searches and goals by Matomo's own calls", async () => {
    const { calls, getTracker } = matomo();
    globals.Matomo = { getTracker };
    const plugin = await loaded(factory({ ...SITE, goals: { "Order Completed": "9" } }));
    const products = [{ product_id: "p", name: "Cup", category: "Kitchen", price: 5, quantity: 2 }];
    const order = { order_id: 7, total: 12, subtotal: 10, tax: 1, shipping: 1, products };
    await give(plugin, "track", { event: "Order Completed", properties: order });
    await give(plugin, "track", { event: "Cart Viewed", properties: { products: [{ sku: "s" }], value: 3 } });
    await give(plugin, "track", { event: "Products Searched", properties: { query: "cup" } });
    await give(plugin, "track", { event: "Played", properties: { category: "Video", label: "Intro", value: 4 } });
    expect(told(calls).slice(1)).toEqual([
      ["trackGoal", 9, 12],
      ["clearEcommerceCart"],
      ["addEcommerceItem", "p", "Cup", "Kitchen", 5, 2],
      ["trackEcommerceOrder", "7", 12, 10, 1, 1, undefined],
      ["clearEcommerceCart"],
      ["addEcommerceItem", "s", undefined, undefined, undefined, 1],
      ["trackEcommerceCartUpdate", 3],
      ["trackSiteSearch", "cup", undefined, undefined],
      ["trackEvent", "Video", "Played", "Intro", 4],
    ]);
  });
});
