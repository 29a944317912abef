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
  ({ default: factory } = await import("../../destinations/heap/index"));
});

interface Ready {
  readonly name: string;
  readonly fn: () => unknown;
}
const waiting = (): Ready[] => globals.heapReadyCb as Ready[];

describe("Heap", () => {
  test("asks for the script of its app, with the configuration where the script looks for it", async () => {
    await loaded(factory({ appId: "42", secureCookie: true, ingestServer: "https://h.shop.example" }));
    expect(scripts().map(({ src }) => src)).toEqual(["https://cdn.us.heap-api.com/config/42/heap_config.js"]);
    expect(globals.heap).toMatchObject({
      envId: "42",
      clientConfig: {
        disableTextCapture: false,
        secureCookie: true,
        ingestServer: "https://h.shop.example",
        shouldFetchServerConfig: false,
      },
    });
  });

  test("takes the script from the host that the settings name", async () => {
    await loaded(factory({ appId: "42", hostname: "cdn.eu.heap-api.com" }));
    expect(scripts()[0]?.src).toBe("https://cdn.eu.heap-api.com/config/42/heap_config.js");
  });

  test("keeps calls until the script takes them, in their order", async () => {
    const plugin = await loaded(factory({ appId: "42" }), host({ id: "u0" }));
    await give(plugin, "track", { event: "A", properties: { a: 1, nested: { b: true }, list: [1], none: null } });
    await give(plugin, "identify", { userId: "u1", traits: { plan: "pro" } });
    expect(waiting().map(({ name }) => name)).toEqual(["identify", "track", "identify", "addUserProperties"]);
    const calls: unknown[] = [];
    for (const name of ["identify", "track", "addUserProperties"])
      (globals.heap as Dictionary)[name] = (...args: unknown[]) => calls.push([name, ...args]);
    for (const { fn } of waiting()) fn();
    expect(calls).toEqual([
      ["identify", "u0"],
      ["track", "A", { a: 1, "nested.b": true, list: "[1]" }],
      ["identify", "u1"],
      ["addUserProperties", { plan: "pro" }],
    ]);
  });

  test("a call that the script does not know is dropped, and does not call itself", async () => {
    const plugin = await loaded(factory({ appId: "42" }));
    await give(plugin, "track", { event: "A" });
    const [{ fn } = { fn: vi.fn() }] = waiting();
    fn();
    expect(waiting()).toHaveLength(1);
  });

  test("a second app is refused, the page's own too, since Heap records one", async () => {
    await loaded(factory({ appId: "42" }));
    await expect(loaded(factory({ appId: "43" }))).rejects.toThrow("this page has 42 already");
    freshPage();
    globals.heap = { appid: "7" };
    await expect(loaded(factory({ appId: "42" }))).rejects.toThrow("this page has 7 already");
  });
});
