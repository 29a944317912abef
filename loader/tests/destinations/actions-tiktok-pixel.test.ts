import { beforeEach, describe, expect, test, vi } from "vitest";
import { eventName, eventParameters, person } from "../../destinations/actions-tiktok-pixel/events";
import type { Host } from "../../destinations/shared/plugin";
import type { Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import { freshPage, globals } from "../harness";
import { give, host, loaded, scripts } from "./harness";

let factory: (settings: Dictionary) => Plugin<Host>;

beforeEach(async () => {
  freshPage();
  vi.resetModules();
  ({ default: factory } = await import("../../destinations/actions-tiktok-pixel/index"));
});

const queueOf = (code: string): unknown[] => [...((globals.ttq as { _i: Record<string, unknown[]> })._i[code] ?? [])];
const ORDER = { order_id: 7, revenue: 12.5, currency: "EUR", products: [{ sku: "s1", price: "5", quantity: 2 }] };

describe("TikTok Pixel", () => {
  test("asks for the script of its pixel, with what governs the data where the script looks for it", async () => {
    await loaded(factory({ pixelCode: "C1", ldu: true }));
    expect(scripts().map(({ src }) => src)).toEqual([
      "https://analytics.tiktok.com/i18n/pixel/events.js?sdkid=C1&lib=ttq",
    ]);
    expect(globals.TiktokAnalyticsObject).toBe("ttq");
    expect(globals.ttq).toMatchObject({
      _o: { C1: { limited_data_use: true } },
      _t: { C1: expect.any(Number) as unknown },
    });
    expect(queueOf("C1")).toEqual([["page"]]);
  });

  test("two pixels on a page each get their own events", async () => {
    const one = await loaded(factory({ pixelCode: "C1", autoPageView: false }));
    const two = await loaded(factory({ pixelCode: "C2", autoPageView: false }));
    await give(one, "track", { event: "Order Completed", properties: ORDER });
    await give(two, "page");
    expect(queueOf("C1")).toEqual([
      [
        "track",
        "CompletePayment",
        {
          contents: [{ content_id: "s1", content_type: "product", price: 5, quantity: 2 }],
          content_type: "product",
          currency: "EUR",
          value: 12.5,
          order_id: "7",
        },
        { event_id: "m-1" },
      ],
    ]);
    expect(queueOf("C2")).toEqual([["page"]]);
    expect(scripts()).toHaveLength(2);
  });

  test("calls follow the pixel when the script puts its own object in the stub's place", async () => {
    const plugin = await loaded(factory({ pixelCode: "C1", autoPageView: false }));
    const page = vi.fn();
    globals.ttq = { instance: (code: string) => (code === "C1" ? { page } : {}) };
    await give(plugin, "page");
    expect(page).toHaveBeenCalledOnce();
  });

  test("a page that has the pixel already keeps it", async () => {
    const load = vi.fn();
    const page = vi.fn();
    globals.ttq = { _i: { C1: [] }, load, instance: () => ({ page }) };
    await loaded(factory({ pixelCode: "C1" }));
    expect(load).not.toHaveBeenCalled();
    expect(page).toHaveBeenCalledOnce();
  });

  test("counts the page it starts on once", async () => {
    const plugin = await loaded(factory({ pixelCode: "C1" }));
    await give(plugin, "page", { context: { page: { url: location.href } } });
    await give(plugin, "page", { context: { page: { url: "https://shop.example/next" } } });
    expect(queueOf("C1")).toEqual([["page"], ["page"]]);
  });

  test("sends documented parameters and nothing else", () => {
    expect(eventParameters({ product_id: 1, price: 3, quantity: 2, email: "a@b.example", colour: "red" })).toEqual({
      contents: [{ content_id: "1", content_type: "product", price: 3, quantity: 2 }],
      content_type: "product",
      currency: "USD",
      value: 6,
    });
    expect(eventParameters({ query: "cup", name: "Ann" })).toEqual({ query: "cup" });
    expect(eventName("Clicked")).toBe("Clicked");
  });

  test("says who the visitor is, in the form that the pixel hashes", async () => {
    expect(person("u1", { email: " A@B.example ", phone: "+1 (2) 3" })).toEqual({
      external_id: "u1",
      email: "a@b.example",
      phone_number: "+123",
    });
    expect(person(null, { plan: "pro" })).toBeUndefined();
    const plugin = await loaded(factory({ pixelCode: "C1", autoPageView: false }), host({ id: "u0" }));
    await give(plugin, "identify", { userId: "u1" });
    expect(queueOf("C1")).toEqual([
      ["identify", { external_id: "u0" }],
      ["identify", { external_id: "u1" }],
    ]);
  });
});
