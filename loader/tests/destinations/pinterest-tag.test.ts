import { beforeEach, describe, expect, test, vi } from "vitest";
import { eventData, eventName } from "../../destinations/pinterest-tag/events";
import type { Host } from "../../destinations/shared/plugin";
import { Settings } from "../../destinations/shared/settings";
import type { Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import { freshPage, globals } from "../harness";
import { give, host, loaded, scripts } from "./harness";

let factory: (settings: Dictionary) => Plugin<Host>;

beforeEach(async () => {
  freshPage();
  vi.resetModules();
  ({ default: factory } = await import("../../destinations/pinterest-tag/index"));
});

const queue = (): unknown[] => (globals.pintrk as { queue: unknown[] }).queue;

describe("Pinterest Tag", () => {
  test("starts the tag after what governs its data", async () => {
    await loaded(factory({ tid: "1", limitedDataProcessing: true }));
    expect(scripts().map(({ src }) => src)).toEqual(["https://s.pinimg.com/ct/core.js"]);
    expect(queue()).toEqual([["set", { opt_out_type: "LDP" }], ["load", "1"], ["page"]]);
    expect((globals.pintrk as { version: string }).version).toBe("3.0");
  });

  test("tells who the visitor is at the start only where the settings say so", async () => {
    const ann = host({ id: "u1", traits: { email: "a@b.example" } });
    await loaded(factory({ tid: "1", useEnhancedMatchLoad: true }), ann);
    expect(queue()[0]).toEqual(["load", "1", { em: "a@b.example" }]);
  });

  test("a second tag is refused, since every event goes to all tags of a page", async () => {
    await loaded(factory({ tid: "1" }));
    await expect(loaded(factory({ tid: "2" }))).rejects.toThrow(
      "Pinterest Tag knows one account per page, and this page has 1 already: remove it, or the destination for 2",
    );
    expect(queue()).toEqual([["load", "1"], ["page"]]);
  });

  test.each<[string, Dictionary, unknown[]]>([
    ["without a category", { name: "Home" }, ["track", "PageVisit", { name: "Home" }]],
    ["with one", { category: "Cups" }, ["track", "ViewCategory", { category: "Cups" }]],
  ])("sends page calls: %s", async (_name, page, expected) => {
    const plugin = await loaded(factory({ tid: "1" }));
    await give(plugin, "page", page);
    expect(queue()[2]).toEqual(expected);
  });

  test("sends the message's id where the settings say so", async () => {
    const plugin = await loaded(factory({ tid: "1", mapMessageIdToEventId: true }));
    await give(plugin, "track", { event: "Signed Up" });
    await give(plugin, "identify", { traits: { email: "a@b.example" } });
    expect(queue().slice(2)).toEqual([
      ["track", "Signup", { event_id: "m-1" }],
      ["set", { em: "a@b.example" }],
    ]);
  });

  test("turns events of the Segment spec into Pinterest's, and follows the destination's own mapping", () => {
    const settings = new Settings({ pinterestEventMapping: { "lead sent": "Lead" }, pinterestCustomProperties: ["x"] });
    expect(["Order Completed", "Lead Sent", "Other"].map((name) => eventName(name, settings))).toEqual([
      "Checkout",
      "Lead",
      "Other",
    ]);
    const order = {
      order_id: "o1",
      total: 20,
      currency: "EUR",
      coupon: "TEN",
      x: 1,
      y: 2,
      products: [{ product_id: "p1", name: "Cup", price: 5, quantity: 2 }, { sku: "s2" }],
    };
    expect(eventData(order, settings)).toEqual({
      x: 1,
      value: 20,
      currency: "EUR",
      order_id: "o1",
      order_quantity: 3,
      promo_code: "TEN",
      line_items: [
        { product_id: "p1", product_name: "Cup", product_price: 5, product_quantity: 2 },
        { product_id: "s2" },
      ],
    });
  });
});
