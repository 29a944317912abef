import { beforeEach, describe, expect, test, vi } from "vitest";
import { eventName, eventProperties, person } from "../../destinations/klaviyo/events";
import type { Host } from "../../destinations/shared/plugin";
import type { Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import { freshPage, globals } from "../harness";
import { give, host, loaded, scripts } from "./harness";

let factory: (settings: Dictionary) => Plugin<Host>;

beforeEach(async () => {
  freshPage();
  vi.resetModules();
  ({ default: factory } = await import("../../destinations/klaviyo/index"));
});

const queue = (): unknown[] =>
  (globals._klOnsite as unknown[][]).map((call) => call.filter((part) => typeof part !== "function"));

describe("Klaviyo", () => {
  test("asks for the script of its account, and keeps calls until it comes", async () => {
    const plugin = await loaded(factory({ apiKey: "AbC123" }), host({ id: "u0", traits: { email: "a@b.example" } }));
    await give(plugin, "track", { event: "Product Viewed", properties: { product_id: 1, name: "Cup", price: 5 } });
    await give(plugin, "identify", { userId: "u1", traits: { plan: "pro" } });
    expect(scripts().map(({ src }) => src)).toEqual([
      "https://static.klaviyo.com/onsite/js/klaviyo.js?company_id=AbC123",
    ]);
    expect(queue()).toEqual([
      ["identify", { $email: "a@b.example", _id: "u0" }],
      [
        "track",
        "Viewed Product",
        {
          product_id: 1,
          name: "Cup",
          price: 5,
          $value: 5,
          Items: [{ ProductID: "1", ProductName: "Cup", Quantity: 1, ItemPrice: 5 }],
          ItemNames: ["Cup"],
        },
      ],
    ]);
  });

  test("identifies people by email, or by the id too where the settings say so", async () => {
    const traits = { firstName: "Ann", address: { city: "Ulm", postalCode: 1 }, plan: "pro" };
    expect(person("u1", traits, true)).toBeUndefined();
    expect(person("u1", traits, false)).toEqual({
      $id: "u1",
      $first_name: "Ann",
      $city: "Ulm",
      $zip: "1",
      plan: "pro",
    });
    const plugin = await loaded(factory({ apiKey: "AbC123", enforceEmail: false }));
    await give(plugin, "identify", { userId: "u1" });
    expect(queue()).toEqual([["identify", { $id: "u1" }]]);
  });

  test("tells orders as Klaviyo's flows know them", () => {
    const order = { order_id: "o1", revenue: 10, products: [{ product_id: "p", name: "Cup", quantity: 2, price: 5 }] };
    expect(eventName("Order Completed")).toBe("Placed Order");
    expect(eventName("Other")).toBe("Other");
    expect(eventProperties("Order Completed", order)).toEqual({
      order_id: "o1",
      $value: 10,
      $event_id: "o1",
      Items: [{ ProductID: "p", ProductName: "Cup", Quantity: 2, ItemPrice: 5 }],
      ItemNames: ["Cup"],
    });
  });

  test("the page's own calls wait in the same queue", async () => {
    await loaded(factory({ apiKey: "AbC123" }));
    const own = globals.klaviyo as { openForm: (id: string) => unknown; push: (...calls: unknown[]) => unknown };
    void own.openForm("f1");
    own.push(["track", "Old"]);
    expect(queue()).toEqual([
      ["openForm", "f1"],
      ["track", "Old"],
    ]);
  });

  test("the stub follows the queue that the script puts in its place", async () => {
    const plugin = await loaded(factory({ apiKey: "AbC123" }));
    const push = vi.fn();
    globals._klOnsite = { push };
    await give(plugin, "track", { event: "A" });
    expect(push).toHaveBeenCalledWith(["track", "A", {}, expect.any(Function)]);
  });

  test("calls follow the script when it puts its own object in the stub's place", async () => {
    const plugin = await loaded(factory({ apiKey: "AbC123" }));
    const track = vi.fn();
    globals.klaviyo = { track };
    await give(plugin, "track", { event: "A" });
    expect(track).toHaveBeenCalledWith("A", {});
  });

  test("a second account is refused, since a page has one", async () => {
    await loaded(factory({ apiKey: "AbC123" }));
    await expect(loaded(factory({ apiKey: "XyZ789" }))).rejects.toThrow("this page has AbC123 already");
  });
});
