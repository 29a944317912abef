import { beforeEach, describe, expect, test, vi } from "vitest";
import { eventName, eventParameters } from "../../destinations/actions-google-analytics-4-web/events";
import type { Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import type { Host } from "../../destinations/shared/plugin";
import { freshPage, globals } from "../harness";
import { give, host, loaded, scripts } from "./harness";

let factory: (settings: Dictionary) => Plugin<Host>;

beforeEach(async () => {
  freshPage();
  vi.resetModules();
  ({ default: factory } = await import("../../destinations/actions-google-analytics-4-web/index"));
});

/** What Google's tag finds in its queue. */
const layer = (): unknown[][] => (globals.dataLayer as ArrayLike<unknown>[]).map((call) => Array.from(call));
const calls = (command: string): unknown[][] =>
  layer()
    .filter(([name]) => name === command)
    .map(([, ...rest]) => rest);

describe("Google Analytics 4", () => {
  test("inserts Google's tag for the measurement ID and queues calls in the form that the tag reads", async () => {
    await loaded(factory({ measurementID: "G-1" }));
    expect(scripts().map(({ src }) => src)).toEqual(["https://www.googletagmanager.com/gtag/js?id=G-1"]);
    expect(layer().map(([name]) => name)).toEqual(["js", "config"]);
    // The tag tells its own calls from other entries by this tag; an array would be ignored.
    for (const call of globals.dataLayer as unknown[])
      expect(Object.prototype.toString.call(call)).toBe("[object Arguments]");
  });

  test("takes the tag from the domain that the settings name", async () => {
    await loaded(factory({ measurementID: "G-1", domain: "metrics.shop.example" }));
    expect(scripts()[0]?.src).toBe("https://metrics.shop.example/gtag/js?id=G-1");
  });

  test.each<[string, Dictionary, Dictionary]>([
    ["nothing but the id", {}, { send_page_view: true }],
    ["page views off", { pageView: false }, { send_page_view: false }],
    [
      "signals off",
      { allowGoogleSignals: false, allowAdPersonalizationSignals: false },
      { send_page_view: true, allow_google_signals: false, allow_ad_personalization_signals: false },
    ],
    [
      "cookies",
      {
        cookieDomain: "x.example",
        cookieExpirationInSeconds: 60,
        cookieUpdate: false,
        cookiePath: "/p",
        cookiePrefix: ["pre"],
        cookieFlags: ["SameSite=None", "Secure"],
      },
      {
        send_page_view: true,
        cookie_domain: "x.example",
        cookie_expires: 60,
        cookie_update: false,
        cookie_path: "/p",
        cookie_prefix: "pre",
        cookie_flags: "SameSite=None;Secure",
      },
    ],
  ])("configures the stream by its settings: %s", async (_name, settings, expected) => {
    await loaded(factory({ measurementID: "G-1", ...settings }));
    expect(calls("config")).toEqual([["G-1", expected]]);
  });

  test("says what consent is assumed before anything else, where consent mode is on", async () => {
    await loaded(
      factory({
        measurementID: "G-1",
        enableConsentMode: true,
        defaultAdsStorageConsentState: "denied",
        adUserDataConsentState: "denied",
        waitTimeToUpdateConsentStage: 500,
      }),
    );
    expect(layer().map(([name]) => name)).toEqual(["js", "consent", "config"]);
    expect(calls("consent")).toEqual([
      ["default", { ad_storage: "denied", analytics_storage: "granted", ad_user_data: "denied", wait_for_update: 500 }],
    ]);
  });

  test("tells who the visitor is, at the start and when they say so", async () => {
    const plugin = await loaded(factory({ measurementID: "G-1" }), host({ id: "u1" }));
    await give(plugin, "identify", { userId: "u2", traits: { plan: "pro" } });
    expect(calls("config")).toEqual([
      ["G-1", { send_page_view: true, user_id: "u1" }],
      ["G-1", { send_page_view: false, user_id: "u2", user_properties: { plan: "pro" } }],
    ]);
  });

  test("sends events under Google's names to its own stream only", async () => {
    const plugin = await loaded(factory({ measurementID: "G-1" }));
    await give(plugin, "track", {
      event: "Order Completed",
      properties: {
        order_id: 7,
        total: "12.50",
        currency: "EUR",
        products: [{ product_id: "p1", name: "Cup", price: 5, quantity: 2 }],
      },
    });
    expect(calls("event")).toEqual([
      [
        "purchase",
        {
          transaction_id: "7",
          value: 12.5,
          currency: "EUR",
          items: [{ item_id: "p1", item_name: "Cup", price: 5, quantity: 2 }],
          send_to: "G-1",
        },
      ],
    ]);
  });

  test("names other events in letters, digits and underscores, 40 at most", () => {
    expect(eventName("Clicked the Big-Button!")).toBe("clicked_the_big_button");
    expect(eventName("1st visit")).toBe("event_1st_visit");
    expect(eventName("x".repeat(60))).toHaveLength(40);
  });

  test("takes one product from the event itself, and its price for the value", () => {
    expect(
      eventParameters({ product_id: 1, name: "Cup", category: "Kitchen", price: 4, quantity: 2, extra: true }),
    ).toEqual({
      items: [{ item_id: "1", item_name: "Cup", item_category: "Kitchen", price: 4, quantity: 2 }],
      value: 8,
      product_id: 1,
      price: 4,
      quantity: 2,
      extra: true,
    });
    expect(eventParameters({ name: "n", category: "c", query: "q" })).toEqual({
      name: "n",
      category: "c",
      search_term: "q",
    });
  });

  test("counts a page once: the tag's own view of the page it starts on, and a page call for every other", async () => {
    const plugin = await loaded(factory({ measurementID: "G-1" }));
    const view = (url: string) =>
      give(plugin, "page", { properties: { url, title: "T" }, context: { page: { url, title: "T", referrer: "r" } } });
    await view("https://shop.example/cart?utm_source=mail");
    await view("https://shop.example/next");
    await view("https://shop.example/cart?utm_source=mail");
    expect(calls("event").map(([name, parameters]) => [name, (parameters as Dictionary).page_location])).toEqual([
      ["page_view", "https://shop.example/next"],
      ["page_view", "https://shop.example/cart?utm_source=mail"],
    ]);
  });

  test("sends every page call where the tag's own view is off", async () => {
    const plugin = await loaded(factory({ measurementID: "G-1", pageView: false }));
    await give(plugin, "page", { context: { page: { url: location.href, title: "T", referrer: "r" } } });
    expect(calls("event")).toEqual([
      ["page_view", { page_title: "T", page_location: location.href, page_referrer: "r", send_to: "G-1" }],
    ]);
  });

  test("two streams on a page get their own events", async () => {
    const one = await loaded(factory({ measurementID: "G-1" }));
    const two = await loaded(factory({ measurementID: "G-2" }));
    await give(one, "track", { event: "A" });
    await give(two, "group", { groupId: "g" });
    expect(calls("event")).toEqual([
      ["a", { send_to: "G-1" }],
      ["join_group", { group_id: "g", send_to: "G-2" }],
    ]);
    expect(layer().filter(([name]) => name === "js")).toHaveLength(1);
  });

  test("without a measurement ID it cannot start, and says which setting is missing", () => {
    expect(() => factory({})).toThrow("setting measurementID is missing");
  });
});
