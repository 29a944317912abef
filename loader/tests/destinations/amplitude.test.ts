import { readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { amplitudeEvent, configuration, identifySteps } from "../../destinations/amplitude/index";
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
  ({ default: factory } = await import("../../destinations/amplitude/index"));
});

const SDK = "node_modules/@amplitude/analytics-browser/lib/scripts/amplitude-min.js";

interface Waiting {
  readonly _q: { readonly name: string; readonly args: unknown[] }[];
}
const instances = (): Record<string, Waiting> => (globals.amplitude as { _iq: Record<string, Waiting> })._iq;
const calls = (name: string): [string, ...unknown[]][] =>
  (instances()[name]?._q ?? []).map((call) => [call.name, ...call.args]);

describe("Amplitude", () => {
  test("asks for the SDK once, by the hash of the build that is published under that address", async () => {
    await loaded(factory({ apiKey: "k1" }));
    await loaded(factory({ apiKey: "k1" }));
    const [script, ...others] = scripts();
    expect(others).toEqual([]);
    expect(script?.src).toBe("https://cdn.amplitude.com/libs/analytics-browser-2.47.1-min.js.gz");
    expect(script?.integrity).toBe(`sha256-${createHash("sha256").update(readFileSync(SDK)).digest("base64")}`);
    expect(Object.keys(instances())).toEqual(["k1", "k1-2"]);
  });

  test("keeps calls until the SDK comes, in its queue's form", async () => {
    const plugin = await loaded(factory({ apiKey: "k1" }), host({ id: "u0" }));
    await give(plugin, "track", { event: "A", properties: { a: 1 } });
    await give(plugin, "identify", { userId: "u1", traits: { plan: "pro" } });
    expect(calls("k1")).toEqual([
      ["init", "k1", "u0", configuration(new Settings({}))],
      ["track", { event_type: "A", event_properties: { a: 1 }, insert_id: "m-1" }],
      ["setUserId", "u1"],
      ["identify", { _q: [{ name: "set", args: ["plan", "pro"] }] }],
    ]);
  });

  test.each<[string, Dictionary, Dictionary]>([
    [
      "watches nothing by itself but where visitors come from",
      {},
      {
        autocapture: {
          attribution: true,
          sessions: false,
          pageViews: false,
          formInteractions: false,
          fileDownloads: false,
          elementInteractions: false,
        },
      },
    ],
    [
      "batching",
      { batchEvents: true, eventUploadThreshold: 5, eventUploadPeriodMillis: 900 },
      { flushQueueSize: 5, flushIntervalMillis: 900 },
    ],
    [
      "without attribution",
      { trackUtmProperties: false, trackReferrer: false },
      { autocapture: { attribution: false } },
    ],
    ["a version of the site", { versionName: "v1" }, { appVersion: "v1" }],
  ])("configures the SDK by its settings: %s", (_name, settings, expected) => {
    expect(configuration(new Settings(settings))).toMatchObject(expected);
  });

  test("adds, keeps or sets traits as its settings say", () => {
    const settings = new Settings({ traitsToIncrement: ["logins"], traitsToSetOnce: ["first"] });
    expect(identifySteps({ logins: "2", first: "x", other: true }, settings)._q).toEqual([
      { name: "add", args: ["logins", 2] },
      { name: "setOnce", args: ["first", "x"] },
      { name: "set", args: ["other", true] },
    ]);
  });

  test("tells the money of an event, and the fields that its settings append", () => {
    const settings = new Settings({ appendFieldsToEventProps: { "context.page.title": "title", missing: "none" } });
    const event = {
      type: "track",
      messageId: "m",
      properties: { revenue: "5", price: 2.5, quantity: 2, product_id: 9 },
      context: { page: { title: "T" } },
    };
    expect(amplitudeEvent("Sold", event, settings)).toEqual({
      event_type: "Sold",
      event_properties: { ...event.properties, title: "T" },
      insert_id: "m",
      revenue: 5,
      price: 2.5,
      quantity: 2,
      productId: "9",
    });
    expect(amplitudeEvent("Seen", { type: "track", properties: { price: 1 } }, settings)).toEqual({
      event_type: "Seen",
      event_properties: { price: 1 },
    });
  });

  test.each<[string, Dictionary, Dictionary, string[]]>([
    ["a name", {}, { name: "N" }, ["Viewed N Page"]],
    ["a category", {}, { category: "C" }, ["Viewed C Page"]],
    ["neither", {}, {}, []],
    ["all", { trackAllPages: true }, {}, ["Loaded a Page"]],
    ["names switched off", { trackNamedPages: false, trackCategorizedPages: false }, { name: "N", category: "C" }, []],
  ])("sends page calls as its settings say: %s", async (_name, settings, page, expected) => {
    const plugin = await loaded(factory({ apiKey: "k1", ...settings }));
    await give(plugin, "page", page);
    expect(
      calls("k1")
        .slice(1)
        .map(([, event]) => (event as Dictionary).event_type),
    ).toEqual(expected);
  });

  test("uses the anonymous id as device id where its settings say so", async () => {
    const plugin = await loaded(
      factory({ apiKey: "k1", preferAnonymousIdForDeviceId: true }),
      host({ anonymousId: "a1" }),
    );
    await give(plugin, "track", { event: "A", anonymousId: "a1" });
    await give(plugin, "track", { event: "B", anonymousId: "a2" });
    expect(calls("k1").map(([name, first]) => (name === "setDeviceId" ? first : name))).toEqual([
      "init",
      "track",
      "a2",
      "track",
    ]);
    expect(calls("k1")[0]?.[3]).toMatchObject({ deviceId: "a1" });
  });

  test("puts the visitor into the group that the traits name, else into the group of the call", async () => {
    const plugin = await loaded(factory({ apiKey: "k1", groupTypeTrait: "kind", groupValueTrait: "label" }));
    await give(plugin, "group", { groupId: "g1", traits: { kind: "company", label: "Acme" } });
    await give(plugin, "group", { groupId: "g2" });
    expect(
      calls("k1")
        .slice(1)
        .map(([name, ...args]) => [name, args[0], args[1]]),
    ).toEqual([
      ["setGroup", "company", "Acme"],
      ["groupIdentify", "company", "Acme"],
      ["setGroup", "[Segment] Group", "g2"],
    ]);
  });
});
