import { beforeEach, describe, expect, test, vi } from "vitest";
import { containerUrl } from "../../destinations/google-tag-manager/index";
import type { Host } from "../../destinations/shared/plugin";
import type { Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import { freshPage, globals } from "../harness";
import { give, loaded, scripts } from "./harness";

let factory: (settings: Dictionary) => Plugin<Host>;

beforeEach(async () => {
  freshPage();
  vi.resetModules();
  ({ default: factory } = await import("../../destinations/google-tag-manager/index"));
});

describe("Google Tag Manager", () => {
  test("loads the container and pushes track calls to its data layer", async () => {
    const plugin = await loaded(factory({ containerId: "GTM-1" }));
    await give(plugin, "track", { event: "A", properties: { a: 1 }, userId: "u1" });
    expect(scripts().map(({ src }) => src)).toEqual(["https://www.googletagmanager.com/gtm.js?id=GTM-1"]);
    expect(globals.dataLayer).toEqual([
      { event: "gtm.js", "gtm.start": expect.any(Number) as unknown },
      { event: "A", a: 1, segmentAnonymousId: "anon-1", segmentUserId: "u1" },
    ]);
  });

  test("loads the environment that the settings name", () => {
    expect(containerUrl("GTM-1", "dataLayer", "gtm_auth=x&gtm_preview=env-5")).toBe(
      "https://www.googletagmanager.com/gtm.js?id=GTM-1&gtm_auth=x&gtm_preview=env-5",
    );
    expect(containerUrl("GTM-1", "dataLayer", "env-5")).toBe(
      "https://www.googletagmanager.com/gtm.js?id=GTM-1&gtm_preview=env-5",
    );
    expect(containerUrl("GTM 1&l=x", "dataLayer", "")).toBe("https://www.googletagmanager.com/gtm.js?id=GTM+1%26l%3Dx");
  });

  test.each<[string, Dictionary, Dictionary, string[]]>([
    ["none by default", {}, { name: "N" }, []],
    ["all", { trackAllPages: true }, { name: "N" }, ["Loaded a Page"]],
    ["named", { trackNamedPages: true, trackAllPages: true }, { name: "N" }, ["Viewed N Page"]],
    ["by category", { trackCategorizedPages: true }, { category: "C" }, ["Viewed C Page"]],
  ])("pushes page calls as its settings say: %s", async (_name, settings, page, expected) => {
    const plugin = await loaded(factory({ containerId: "GTM-1", ...settings }));
    await give(plugin, "page", page);
    expect((globals.dataLayer as Dictionary[]).slice(1).map(({ event }) => event)).toEqual(expected);
  });

  test("two containers on a page each get their own events once", async () => {
    const one = await loaded(factory({ containerId: "GTM-1" }));
    const two = await loaded(factory({ containerId: "GTM-2" }));
    await give(one, "track", { event: "A" });
    await give(two, "track", { event: "B" });
    const events = (layer: string) => (globals[layer] as Dictionary[]).map(({ event }) => event);
    expect(events("dataLayer")).toEqual(["gtm.js", "A"]);
    expect(events("dataLayer_GTM_2")).toEqual(["gtm.js", "B"]);
    expect(scripts()[1]?.src).toBe("https://www.googletagmanager.com/gtm.js?id=GTM-2&l=dataLayer_GTM_2");
  });

  test("two sources, each with this code in its own loader, do not share a data layer either", async () => {
    const one = await loaded(factory({ containerId: "GTM-1" }));
    vi.resetModules();
    const other = (await import("../../destinations/google-tag-manager/index")).default;
    const two = await loaded(other({ containerId: "GTM-2" }));
    await give(one, "track", { event: "A" });
    await give(two, "track", { event: "B" });
    const events = (layer: string) => (globals[layer] as Dictionary[]).map(({ event }) => event);
    expect(events("dataLayer")).toEqual(["gtm.js", "A"]);
    expect(events("dataLayer_GTM_2")).toEqual(["gtm.js", "B"]);
  });
});
