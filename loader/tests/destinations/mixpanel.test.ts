import { beforeEach, describe, expect, test, vi } from "vitest";
import { profile } from "../../destinations/mixpanel/profile";
import { pageName } from "../../destinations/mixpanel/index";
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
  ({ default: factory } = await import("../../destinations/mixpanel/index"));
});

interface Queue extends Array<unknown> {
  readonly people: unknown[];
}
const queueOf = (name: string): Queue => (globals.mixpanel as Record<string, Queue>)[name] as Queue;

describe("Mixpanel", () => {
  test("makes an instance of its own with the destination's settings, and asks for the library once", async () => {
    await loaded(factory({ token: "t1", persistence: "localStorage", enableEuropeanUnionEndpoint: true }));
    await loaded(factory({ token: "t1" }));
    expect((globals.mixpanel as { _i: unknown[] })._i).toEqual([
      [
        "t1",
        {
          api_host: "https://api-eu.mixpanel.com",
          cross_subdomain_cookie: true,
          secure_cookie: false,
          persistence: "localStorage",
          track_pageview: false,
        },
        "edgewise_t1",
      ],
      [
        "t1",
        { cross_subdomain_cookie: true, secure_cookie: false, persistence: "cookie", track_pageview: false },
        "edgewise_t1_2",
      ],
    ]);
    expect(scripts().map(({ src }) => src)).toEqual(["https://cdn.mxpnl.com/libs/mixpanel-2-latest.min.js"]);
  });

  test("keeps calls until the library comes, in its queue's form", async () => {
    const plugin = await loaded(factory({ token: "t1", sourceName: "shop" }), host({ id: "u0" }));
    await give(plugin, "track", { event: "A", properties: { a: 1 } });
    await give(plugin, "alias", { userId: "u2", previousId: "u1" });
    expect([...queueOf("edgewise_t1")]).toEqual([
      ["identify", "u0"],
      ["track", "A", { a: 1, segment_source_name: "shop", $insert_id: "m-1" }],
      ["alias", "u2", "u1"],
    ]);
  });

  test("writes identify calls to the profile under Mixpanel's names", async () => {
    const plugin = await loaded(factory({ token: "t1" }));
    await give(plugin, "identify", { userId: "u1", traits: { email: "a@b.example", plan: "pro" } });
    expect([...queueOf("edgewise_t1")]).toEqual([
      ["identify", "u1"],
      ["register", { email: "a@b.example", plan: "pro" }],
    ]);
    expect([...queueOf("edgewise_t1").people]).toEqual([["set", { $email: "a@b.example", plan: "pro" }]]);
  });

  test.each<[string, Dictionary, Dictionary, Dictionary]>([
    ["all traits", {}, { email: "e", plan: "p" }, { $email: "e", plan: "p" }],
    ["without profiles", { people: false }, { email: "e", plan: "p" }, {}],
    [
      "only those that are listed",
      { setAllTraitsByDefault: false, superProperties: ["plan"], peopleProperties: ["email"] },
      { plan: "p" },
      { $email: "e" },
    ],
    [
      "old names for event properties",
      { legacySuperProperties: true },
      { $email: "e", plan: "p" },
      { $email: "e", plan: "p" },
    ],
  ])("chooses traits by its settings: %s", (_name, settings, register, people) => {
    expect(profile({ email: "e", plan: "p" }, new Settings(settings))).toEqual({ register, people });
  });

  test("counts in the profile what the settings name", async () => {
    const plugin = await loaded(factory({ token: "t1", eventIncrements: ["A"], propIncrements: ["points"] }));
    await give(plugin, "track", { event: "A", properties: { points: 3, revenue: "9.50" } });
    expect([...queueOf("edgewise_t1").people]).toEqual([
      ["increment", "A"],
      ["set", { "Last A": expect.any(Date) as unknown }],
      ["increment", "points", 3],
      ["track_charge", 9.5],
    ]);
  });

  test.each<[string, Dictionary, Dictionary, string | undefined]>([
    ["nothing by default", {}, { name: "N" }, undefined],
    ["all", { trackAllPages: true }, {}, "Loaded a Page"],
    ["named", { trackNamedPages: true }, { name: "N" }, "Viewed N Page"],
    ["named with its category", { trackNamedPages: true }, { name: "N", category: "C" }, "Viewed C N Page"],
    ["by category", { trackCategorizedPages: true }, { category: "C", name: "N" }, "Viewed C Page"],
    ["under one name", { consolidatedPageCalls: true, trackNamedPages: true }, { name: "N" }, "Loaded a Page"],
  ])("sends page calls as its settings say: %s", (_name, settings, page, expected) => {
    expect(pageName({ type: "page", ...page }, new Settings(settings))).toBe(expected);
  });

  test("puts the visitor into the groups whose traits are named", async () => {
    const plugin = await loaded(
      factory({ token: "t1", groupIdentifierTraits: ["company"], groupTraitsToSetOnce: ["since"] }),
    );
    await give(plugin, "group", { groupId: "g1", traits: { company: "Acme", since: 2020, name: "A" } });
    expect([...queueOf("edgewise_t1")]).toEqual([
      ["set_group", "company", "Acme"],
      [
        ["get_group", "company", "Acme"],
        ["set_once", { since: 2020 }],
      ],
      [
        ["get_group", "company", "Acme"],
        ["set", { company: "Acme", $name: "A" }],
      ],
    ]);
  });

  test("calls follow the instance when the library puts another object in the queue's place", async () => {
    const plugin = await loaded(factory({ token: "t1" }));
    const track = vi.fn();
    globals.mixpanel = { edgewise_t1: { track } };
    await give(plugin, "track", { event: "A" });
    expect(track).toHaveBeenCalledWith("A", { $insert_id: "m-1" });
  });

  test("a page that has Mixpanel already keeps its own instance and library", async () => {
    const own = {
      init: vi.fn((_token: string, _config: object, name: string) => {
        (globals.mixpanel as Dictionary)[name] = { track: vi.fn() };
      }),
    };
    globals.mixpanel = own;
    await loaded(factory({ token: "t1" }));
    expect(scripts()).toEqual([]);
    expect(own.init).toHaveBeenCalledWith("t1", expect.anything(), "edgewise_t1");
  });
});
