import { beforeEach, describe, expect, test, vi } from "vitest";
import { eventName, eventParameters } from "../../destinations/snap-pixel/events";
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
  ({ default: factory } = await import("../../destinations/snap-pixel/index"));
});

interface Snaptr {
  queue: unknown[];
  handleRequest?: (...args: unknown[]) => void;
}
const snaptr = (): Snaptr => globals.snaptr as Snaptr;

describe("Snap Pixel", () => {
  test("starts the pixel, and sends page views under the message's id", async () => {
    const plugin = await loaded(factory({ pixelId: "p-1" }), host({ traits: { email: "a@b.example" } }));
    await give(plugin, "page");
    expect(scripts().map(({ src }) => src)).toEqual(["https://sc-static.net/scevent.min.js"]);
    expect(snaptr().queue).toEqual([
      ["init", "p-1"],
      ["track", "PAGE_VIEW", { client_dedup_id: "m-1" }],
    ]);
  });

  test("calls go to Snap's script once it is there", async () => {
    const plugin = await loaded(factory({ pixelId: "p-1" }));
    const handleRequest = vi.fn();
    snaptr().handleRequest = handleRequest;
    await give(plugin, "page");
    expect(handleRequest).toHaveBeenCalledWith("track", "PAGE_VIEW", { client_dedup_id: "m-1" });
  });

  test("tells who the visitor is only where the settings say so, at the start and later", async () => {
    const ann = host({ traits: { email: " A@B.example", phone: "+1 2", plan: "pro" } });
    const plugin = await loaded(factory({ pixelId: "p-1", advancedMatching: true }), ann);
    await give(plugin, "identify", { traits: { plan: "pro" } });
    await give(plugin, "identify", { traits: { firstName: "Ann" } });
    expect(snaptr().queue).toEqual([
      ["init", "p-1", { user_email: "a@b.example", user_phone_number: "+12" }],
      ["init", "p-1", { firstname: "Ann" }],
    ]);
  });

  test("sends only events that Snap has, or that the settings map to one", async () => {
    const settings = new Settings({ events: { "Plan Chosen": "SUBSCRIBE" } });
    expect(["Product Added", "Plan Chosen", "Other"].map((name) => eventName(name, settings))).toEqual([
      "ADD_CART",
      "SUBSCRIBE",
      undefined,
    ]);
    const plugin = await loaded(factory({ pixelId: "p-1" }));
    await give(plugin, "track", { event: "Other", properties: { email: "a@b.example" } });
    expect(snaptr().queue).toEqual([["init", "p-1"]]);
  });

  test("tells an order in Snap's parameters", () => {
    const order = { order_id: 7, total: 20, products: [{ product_id: "a", quantity: 2 }, { product_id: "b" }], x: 1 };
    expect(eventParameters(order, "m-1")).toEqual({
      price: 20,
      currency: "USD",
      transaction_id: "7",
      item_ids: ["a", "b"],
      number_items: 3,
      client_dedup_id: "m-1",
    });
  });

  test("a second pixel is refused, since every event goes to all pixels of a page", async () => {
    await loaded(factory({ pixelId: "p-1" }));
    await expect(loaded(factory({ pixelId: "p-2" }))).rejects.toThrow("this page has p-1 already");
    expect(snaptr().queue).toEqual([["init", "p-1"]]);
  });
});
