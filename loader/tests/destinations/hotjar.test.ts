import { beforeEach, describe, expect, test, vi } from "vitest";
import { eventName } from "../../destinations/hotjar/index";
import type { Host } from "../../destinations/shared/plugin";
import type { Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import { freshPage, globals } from "../harness";
import { give, host, loaded, scripts } from "./harness";

let factory: (settings: Dictionary) => Plugin<Host>;

beforeEach(async () => {
  freshPage();
  vi.resetModules();
  ({ default: factory } = await import("../../destinations/hotjar/index"));
});

const calls = (): unknown[] => (globals.hj as { q: ArrayLike<unknown>[] }).q.map((call) => Array.from(call));

describe("Hotjar", () => {
  test("asks for the script of its site, with the settings where the script looks for them", async () => {
    await loaded(factory({ hjid: "42" }));
    expect(scripts().map(({ src }) => src)).toEqual(["https://static.hotjar.com/c/hotjar-42.js?sv=6"]);
    expect(globals._hjSettings).toEqual({ hjid: 42, hjsv: 6 });
  });

  test("keeps calls until the script comes, in its queue's form", async () => {
    const plugin = await loaded(factory({ hjid: "42" }), host());
    await give(plugin, "track", { event: "Signed Up", properties: { a: 1 } });
    await give(plugin, "identify", { userId: "u1", traits: { plan: "pro", address: { city: "C" } } });
    await give(plugin, "identify", { traits: { a: 1 } });
    await give(plugin, "page", { context: { page: { url: location.href, path: "/cart" } } });
    await give(plugin, "page", { context: { page: { url: "https://shop.example/next", path: "/next" } } });
    expect(calls()).toEqual([
      ["event", "Signed Up"],
      ["identify", "u1", { plan: "pro", "address.city": "C" }],
      ["identify", null, { a: 1 }],
      ["stateChange", "/next"],
    ]);
    for (const call of (globals.hj as { q: unknown[] }).q)
      expect(Object.prototype.toString.call(call)).toBe("[object Arguments]");
  });

  test("names events in the characters that Hotjar takes", () => {
    expect(eventName("Bought (2x) & paid")).toBe("Bought _2x_ _ paid");
    expect(eventName("x".repeat(300))).toHaveLength(250);
  });

  test("a second site is refused, the page's own too, since Hotjar records one", async () => {
    await loaded(factory({ hjid: "42" }));
    await loaded(factory({ hjid: "42" }));
    await expect(loaded(factory({ hjid: "43" }))).rejects.toThrow("Hotjar knows one account per page");
    freshPage();
    globals._hjSettings = { hjid: 7, hjsv: 6 };
    await expect(loaded(factory({ hjid: "42" }))).rejects.toThrow("this page has 7 already");
    expect(scripts()).toEqual([]);
  });

  test("a page that has the site already keeps its own script", async () => {
    const hj = vi.fn();
    Object.assign(globals, { hj, _hjSettings: { hjid: 42, hjsv: 6 } });
    const plugin = await loaded(factory({ hjid: "42" }));
    await give(plugin, "track", { event: "A" });
    expect(scripts()).toEqual([]);
    expect(hj).toHaveBeenCalledWith("event", "A");
  });
});
