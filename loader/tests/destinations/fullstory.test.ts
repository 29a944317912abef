import { beforeEach, describe, expect, test, vi } from "vitest";
import { pageName, userProperties } from "../../destinations/fullstory/index";
import { placeOf } from "../../destinations/fullstory/vendor";
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
  ({ default: factory } = await import("../../destinations/fullstory/index"));
});

const calls = (): unknown[] => (globals.FS as { q: unknown[][] }).q.map((call) => call.slice(0, 3));

describe("FullStory", () => {
  test("asks for the script with the organisation where the script looks for it", async () => {
    await loaded(factory({ org: "o-1AB-na1", debug: true }));
    expect(scripts().map(({ src, crossOrigin }) => [src, crossOrigin])).toEqual([
      ["https://edge.fullstory.com/s/fs.js", "anonymous"],
    ]);
    expect(globals).toMatchObject({
      _fs_org: "o-1AB-na1",
      _fs_host: "fullstory.com",
      _fs_script: "edge.fullstory.com/s/fs.js",
      _fs_namespace: "FS",
      _fs_debug: true,
      _fs_is_outer_script: false,
    });
  });

  test.each([
    ["ABC12", ""],
    ["o-1AB-na1", ""],
    ["o-1AB-eu1", "eu1."],
    ["old-1AB-eu1", ""],
  ])("keeps the data of %s in its place", (org, place) => {
    expect(placeOf(org)).toBe(place);
  });

  test("keeps calls until the script comes", async () => {
    const plugin = await loaded(factory({ org: "o1" }), host({ id: "u0", traits: { name: "Ann" } }));
    await give(plugin, "track", { event: "A", properties: { a: 1 } });
    await give(plugin, "identify", { userId: "u1", traits: { plan: "pro" } });
    await give(plugin, "identify", { traits: { city: "C" } });
    expect(calls()).toEqual([
      ["setIdentity", { uid: "u0", properties: { displayName: "Ann" } }, "edgewise"],
      ["trackEvent", { name: "A", properties: { a: 1 } }, "edgewise"],
      ["setIdentity", { uid: "u1", properties: { plan: "pro" } }, "edgewise"],
      ["setProperties", { type: "user", properties: { city: "C" } }, "edgewise"],
    ]);
  });

  test("calls go to the script once it is there", async () => {
    const plugin = await loaded(factory({ org: "o1" }));
    const api = vi.fn();
    (globals.FS as { _api: unknown })._api = api;
    await give(plugin, "track", { event: "A" });
    expect(api.mock.calls[0]?.slice(0, 2)).toEqual(["trackEvent", { name: "A", properties: {} }]);
  });

  test.each<[string, Dictionary, Dictionary, string | undefined]>([
    ["none by default", {}, { name: "N" }, undefined],
    ["named", { trackNamedPages: true }, { name: "N", category: "C" }, "C N"],
    ["by category", { trackCategorizedPages: true }, { name: "N", properties: { category: "C" } }, "C"],
    ["all", { trackAllPages: true }, {}, "Loaded a Page"],
  ])("keeps page calls as its settings say: %s", (_name, settings, page, expected) => {
    expect(pageName({ type: "page", ...page }, new Settings(settings))).toBe(expected);
  });

  test("shows a visitor under the name that they have", () => {
    expect(userProperties({ name: "Ann", displayName: "A." })).toEqual({ displayName: "A." });
  });

  test("a second organisation is refused, the page's own too, since FullStory records one", async () => {
    await loaded(factory({ org: "o1" }));
    await expect(loaded(factory({ org: "o2" }))).rejects.toThrow("this page has o1 already");
    freshPage();
    globals._fs_org = "theirs";
    await expect(loaded(factory({ org: "o1" }))).rejects.toThrow("this page has theirs already");
  });
});
