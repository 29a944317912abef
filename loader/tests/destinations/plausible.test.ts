import { beforeEach, describe, expect, test, vi } from "vitest";
import { customProperties, options } from "../../destinations/plausible/index";
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
  ({ default: factory } = await import("../../destinations/plausible/index"));
});

const calls = (): unknown[] => (globals.plausible as { q: ArrayLike<unknown>[] }).q.map((call) => Array.from(call));

describe("Plausible", () => {
  test("tells the script its site in both forms, and leaves page views to page calls", async () => {
    await loaded(factory({ domain: "shop.example" }), host());
    const [script] = scripts();
    expect(script?.src).toBe("https://plausible.io/js/script.manual.js");
    expect(script?.dataset).toMatchObject({ domain: "shop.example" });
    expect(script?.dataset.api).toBeUndefined();
    expect((globals.plausible as { o: unknown }).o).toEqual({ autoCapturePageviews: false });
  });

  test("takes script and endpoint from its settings", async () => {
    const endpoint = "https://shop.example/api/event";
    await loaded(factory({ domain: "shop.example", script: "https://plausible.io/js/pa-1.js", endpoint }));
    expect(scripts()[0]?.src).toBe("https://plausible.io/js/pa-1.js");
    expect(scripts()[0]?.dataset.api).toBe(endpoint);
    expect((globals.plausible as { o: unknown }).o).toEqual({ autoCapturePageviews: false, endpoint });
  });

  test("keeps calls until the script comes, in its queue's form", async () => {
    const plugin = await loaded(factory({ domain: "shop.example", properties: ["plan"] }));
    await give(plugin, "page", { context: { page: { url: "https://shop.example/a" } } });
    await give(plugin, "track", { event: "Signed Up", properties: { plan: "pro", email: "a@b.example" } });
    expect(calls()).toEqual([
      ["pageview", { u: "https://shop.example/a" }],
      ["Signed Up", { props: { plan: "pro" } }],
    ]);
  });

  test("tells the money of an event that names its currency", () => {
    const order = { type: "track", properties: { total: 20, currency: "EUR" } };
    expect(options(order, new Settings({}))).toEqual({ revenue: { amount: 20, currency: "EUR" } });
    expect(options({ ...order, properties: { total: 20 } }, new Settings({}))).toEqual({});
  });

  test("sends only properties that the settings choose, as texts, thirty at most", () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, number) => [`p${String(number)}`, number]));
    expect(customProperties({ a: 1, b: { c: true } }, new Settings({ properties: ["*"] }))).toEqual({
      a: "1",
      "b.c": "true",
    });
    expect(customProperties({ a: 1 }, new Settings({}))).toBeUndefined();
    expect(Object.keys(customProperties(many, new Settings({ properties: ["*"] })) ?? {})).toHaveLength(30);
  });

  test("a second site is refused, since a script knows one", async () => {
    await loaded(factory({ domain: "one.example" }));
    await expect(loaded(factory({ domain: "two.example" }))).rejects.toThrow("this page has one.example already");
  });
});
