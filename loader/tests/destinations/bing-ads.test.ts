import { beforeEach, describe, expect, test, vi } from "vitest";
import { action, eventParameters } from "../../destinations/bing-ads/events";
import type { Host } from "../../destinations/shared/plugin";
import type { Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import { freshPage, globals } from "../harness";
import { give, host, loaded, scripts } from "./harness";
import { Context } from "../../src/context";

let factory: (settings: Dictionary) => Plugin<Host>;

beforeEach(async () => {
  freshPage();
  vi.resetModules();
  ({ default: factory } = await import("../../destinations/bing-ads/index"));
});

interface Setup {
  readonly ti: string;
  readonly q: unknown[];
}

/** bat.js as a constructor that keeps what it is given. */
function arriveWith(): { ti: string; calls: unknown[] }[] {
  const tags: { ti: string; calls: unknown[] }[] = [];
  globals.UET = class {
    private readonly calls: unknown[];
    constructor({ ti, q }: Setup) {
      this.calls = [...q];
      tags.push({ ti, calls: this.calls });
    }
    push(...call: unknown[]): void {
      this.calls.push(...call);
    }
  };
  return tags;
}

describe("Microsoft Advertising", () => {
  test("makes a tag of the calls that waited, and counts the page it starts on once", async () => {
    const tags = arriveWith();
    const plugin = await loaded(factory({ tagId: "1", enableConsent: true }));
    await give(plugin, "page", { context: { page: { url: location.href } } });
    await give(plugin, "page", { context: { page: { url: "https://shop.example/next", path: "/next", title: "N" } } });
    expect(scripts().map(({ src }) => src)).toEqual(["https://bat.bing.com/bat.js"]);
    expect(tags).toEqual([
      {
        ti: "1",
        calls: [
          "consent",
          "default",
          { ad_storage: "denied" },
          "pageLoad",
          "event",
          "page_view",
          { page_path: "/next", page_title: "N" },
        ],
      },
    ]);
  });

  test("two tags on a page each get their own events, the first in the usual queue", async () => {
    const tags = arriveWith();
    globals.uetq = ["consent", "default", { ad_storage: "denied" }];
    const one = await loaded(factory({ tagId: "1" }));
    const two = await loaded(factory({ tagId: "2" }));
    await give(one, "track", { event: "A" });
    await give(two, "track", { event: "B" });
    expect(tags.map(({ ti, calls }) => [ti, calls.filter((call) => call !== "event")])).toEqual([
      ["1", ["consent", "default", { ad_storage: "denied" }, "pageLoad", "track", { event_label: "A" }]],
      ["2", ["pageLoad", "track", { event_label: "B" }]],
    ]);
    expect(scripts()).toHaveLength(1);
  });

  test("a script that comes after its deadline still takes what waited", async () => {
    vi.useFakeTimers();
    const plugin = factory({ tagId: "1" });
    const nobody = { type: "track", messageId: "", timestamp: "", context: {}, integrations: {} } as const;
    const loading = plugin.load(new Context(nobody, "system", () => 0), host());
    await vi.advanceTimersByTimeAsync(10_000);
    await loading;
    await give(plugin, "track", { event: "A" });
    const tags = arriveWith();
    await give(plugin, "track", { event: "B" });
    expect(tags).toHaveLength(1);
    expect(tags[0]?.calls.filter((call) => typeof call === "object")).toEqual([{ event_label: "A" }, { event_label: "B" }]);
    vi.useRealTimers();
  });

  test("takes consent from the property that the settings name", async () => {
    const tags = arriveWith();
    const settings = { tagId: "1", enableConsent: true, adStorage: "granted", adStoragePropertyMapping: "ads" };
    const plugin = await loaded(factory(settings));
    await give(plugin, "track", { event: "A", properties: { ads: "Denied" } });
    await give(plugin, "track", { event: "B", properties: { ads: "maybe" } });
    expect(tags[0]?.calls.filter((call) => typeof call === "object")).toEqual([
      { ad_storage: "granted" },
      { ad_storage: "denied" },
      { event_label: "A" },
      { event_label: "B" },
    ]);
  });

  test("tells events in Microsoft's parameters", () => {
    expect(action("Order Completed")).toBe("purchase");
    expect(action("Other")).toBe("track");
    const order = { order_id: "o1", revenue: 9, currency: "EUR", products: [{ sku: "s", price: 3, quantity: 3 }], x: 1 };
    expect(eventParameters("Order Completed", order)).toEqual({
      event_label: "Order Completed",
      revenue_value: 9,
      currency: "EUR",
      transaction_id: "o1",
      ecomm_pagetype: "purchase",
      ecomm_prodid: ["s"],
      ecomm_totalvalue: 9,
      items: [{ id: "s", price: 3, quantity: 3 }],
    });
  });
});
