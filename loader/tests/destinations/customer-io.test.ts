import { beforeEach, describe, expect, test, vi } from "vitest";
import { person, withSeconds } from "../../destinations/customer-io/index";
import type { Host } from "../../destinations/shared/plugin";
import type { Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import { freshPage, globals } from "../harness";
import { give, host, loaded, scripts } from "./harness";

let factory: (settings: Dictionary) => Plugin<Host>;

beforeEach(async () => {
  freshPage();
  vi.resetModules();
  ({ default: factory } = await import("../../destinations/customer-io/index"));
});

const queue = (): unknown[] => [...(globals._cio as unknown[])];

describe("Customer.io", () => {
  test.each([
    ["us", "https://assets.customer.io/assets/track.js"],
    ["eu", "https://assets.customer.io/assets/track-eu.js"],
  ])("asks for the script of its region with its site on the tag: %s", async (datacenter, src) => {
    await loaded(factory({ siteId: "s1", datacenter }));
    const [script] = scripts();
    expect(script?.src).toBe(src);
    expect(script?.id).toBe("cio-tracker");
    expect(script?.dataset).toMatchObject({ siteId: "s1", useArrayParams: "true" });
  });

  test("keeps calls until the script comes, in its queue's form", async () => {
    const plugin = await loaded(factory({ siteId: "s1" }), host({ id: "u0", traits: { plan: "pro" } }));
    await give(plugin, "identify", { userId: "u1", traits: { createdAt: "2020-01-01T00:00:00Z" } });
    await give(plugin, "identify", { traits: { plan: "pro" } });
    await give(plugin, "track", { event: "A", properties: { at: new Date(5_000), list: ["1970-01-01T00:00:07Z"] } });
    await give(plugin, "page", { name: "Home", properties: { x: 1 } });
    await give(plugin, "page", { properties: { url: "https://shop.example/a" } });
    expect(queue()).toEqual([
      ["identify", { plan: "pro", id: "u0" }],
      ["identify", { created_at: 1_577_836_800, id: "u1" }],
      ["track", "A", { at: 5, list: [7] }],
      ["page", "Home", { x: 1 }],
      ["page", "https://shop.example/a", { url: "https://shop.example/a" }],
    ]);
  });

  test("leaves points in time as they are where the settings say so", async () => {
    const plugin = await loaded(factory({ siteId: "s1", convertToUnixTime: false }));
    await give(plugin, "track", { event: "A", properties: { at: "1970-01-01T00:00:07Z" } });
    expect(queue()).toEqual([["track", "A", { at: "1970-01-01T00:00:07Z" }]]);
    expect(withSeconds({ day: "2020-01-01", no: null })).toEqual({ day: "2020-01-01", no: null });
    expect(person("u", {})).toEqual({ id: "u" });
  });

  test("calls follow the script when it puts its own object in the array's place", async () => {
    const plugin = await loaded(factory({ siteId: "s1" }));
    const track = vi.fn();
    globals._cio = { track };
    await give(plugin, "track", { event: "A" });
    expect(track).toHaveBeenCalledWith("A", {});
  });

  test("a second workspace is refused, since a page has one", async () => {
    await loaded(factory({ siteId: "s1" }));
    await expect(loaded(factory({ siteId: "s2" }))).rejects.toThrow("this page has s1 already");
  });
});
