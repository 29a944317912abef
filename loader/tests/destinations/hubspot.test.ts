import { beforeEach, describe, expect, test, vi } from "vitest";
import { contact } from "../../destinations/hubspot/index";
import type { Host } from "../../destinations/shared/plugin";
import type { Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import { freshPage, globals } from "../harness";
import { give, host, loaded, scripts } from "./harness";

let factory: (settings: Dictionary) => Plugin<Host>;

beforeEach(async () => {
  freshPage();
  vi.resetModules();
  ({ default: factory } = await import("../../destinations/hubspot/index"));
});

const queue = (): unknown => globals._hsq;

describe("HubSpot", () => {
  test.each<[Dictionary, string[]]>([
    [{}, ["https://js.hs-scripts.com/42.js"]],
    [
      { enableEuropeanDataCenter: true, loadFormsSdk: true },
      ["https://js-eu1.hs-scripts.com/42.js", "https://js-eu1.hsforms.net/forms/embed/v2.js"],
    ],
  ])("asks for the scripts that its settings name: %j", async (settings, expected) => {
    await loaded(factory({ portalId: "42", ...settings }));
    expect(scripts().map(({ src }) => src)).toEqual(expected);
    expect(scripts()[0]?.id).toBe("hs-script-loader");
  });

  test("keeps calls until the script comes, who the visitor is first", async () => {
    const ann = host({ id: "u1", traits: { email: "a@b.example" } });
    const plugin = await loaded(factory({ portalId: "42" }), ann);
    await give(plugin, "page", { context: { page: { url: location.href } } });
    await give(plugin, "page", { context: { page: { url: "https://shop.example/a", path: "/a", search: "?b=1" } } });
    await give(plugin, "track", { event: "A", properties: { x: { y: 1 } } });
    await give(plugin, "identify", { userId: "u1", traits: { plan: "pro" } });
    await give(plugin, "identify", { userId: "u2", traits: { email: "c@d.example" } });
    expect(queue()).toEqual([
      ["identify", { email: "a@b.example", id: "u1" }],
      ["setPath", "/a?b=1"],
      ["trackPageView"],
      ["trackCustomBehavioralEvent", { name: "A", properties: { "x.y": 1 } }],
      ["identify", { email: "c@d.example", id: "u2" }],
    ]);
  });

  test("writes traits under the names of a contact's properties", () => {
    expect(contact(null, { firstName: "Ann", "Big Plan": true, address: { city: "Ulm", postalCode: 1 } })).toEqual({
      firstname: "Ann",
      big_plan: true,
      city: "Ulm",
      zip: 1,
    });
  });

  test("a second account is refused, since a page has one", async () => {
    await loaded(factory({ portalId: "42" }));
    await expect(loaded(factory({ portalId: "43" }))).rejects.toThrow("this page has 42 already");
  });
});
