import { beforeEach, describe, expect, test, vi } from "vitest";
import { configuration, pageProperties } from "../../destinations/posthog/index";
import { addresses } from "../../destinations/posthog/vendor";
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
  ({ default: factory } = await import("../../destinations/posthog/index"));
});

const queueOf = (name: string): unknown[] => [...((globals.posthog as Record<string, unknown[]>)[name] ?? [])];
const KEY = "phc_1";

describe("PostHog", () => {
  test("makes an instance of its own with the destination's settings, and asks for the library once", async () => {
    await loaded(factory({ apiKey: KEY }));
    await loaded(factory({ apiKey: KEY, postHogInstance: "https://hog.shop.example" }));
    const made = (globals.posthog as { _i: [string, Dictionary, string][] })._i;
    expect(made.map(([key, config, name]) => [key, config.api_host, name])).toEqual([
      [KEY, "https://us.i.posthog.com", "edgewise_phc_1"],
      [KEY, "https://hog.shop.example", "edgewise_phc_1_2"],
    ]);
    expect(scripts().map(({ src, crossOrigin }) => [src, crossOrigin])).toEqual([
      ["https://us-assets.i.posthog.com/static/array.js", "anonymous"],
    ]);
  });

  test.each([
    ["", "https://us.i.posthog.com", "https://us-assets.i.posthog.com/static/array.js"],
    ["https://app.posthog.com", "https://us.i.posthog.com", "https://us-assets.i.posthog.com/static/array.js"],
    ["https://eu.posthog.com/", "https://eu.i.posthog.com", "https://eu-assets.i.posthog.com/static/array.js"],
    ["https://eu.i.posthog.com", "https://eu.i.posthog.com", "https://eu-assets.i.posthog.com/static/array.js"],
    ["https://hog.example/x/", "https://hog.example/x", "https://hog.example/x/static/array.js"],
  ])("finds the instance %s", (instance, api, script) => {
    expect(addresses(instance)).toEqual({ api, script });
  });

  test("watches nothing by itself unless its settings say so", () => {
    expect(configuration(new Settings({}))).toEqual({
      api_host: "https://us.i.posthog.com",
      capture_pageview: false,
      capture_pageleave: false,
      autocapture: false,
      disable_session_recording: true,
      disable_surveys: true,
      advanced_disable_feature_flags: true,
      person_profiles: "identified_only",
      persistence: "localStorage+cookie",
      respect_dnt: false,
    });
    expect(
      configuration(new Settings({ autocapture: true, sessionRecording: true, persistence: "memory", respectDnt: true })),
    ).toMatchObject({
      autocapture: true,
      disable_session_recording: false,
      persistence: "memory",
      respect_dnt: true,
    });
  });

  test("keeps calls until the library comes, in its queue's form", async () => {
    const plugin = await loaded(factory({ apiKey: KEY }), host({ id: "u0", traits: { plan: "pro" } }));
    await give(plugin, "track", { event: "A", properties: { a: 1 } });
    await give(plugin, "identify", { userId: "u1", traits: { email: "e" } });
    await give(plugin, "identify", { traits: { city: "c" } });
    await give(plugin, "group", { groupId: "g1", traits: { name: "G" } });
    await give(plugin, "alias", { userId: "u2", previousId: "u1" });
    expect(queueOf("edgewise_phc_1")).toEqual([
      ["identify", "u0", { plan: "pro" }],
      ["capture", "A", { a: 1 }],
      ["identify", "u1", { email: "e" }],
      ["setPersonProperties", { city: "c" }],
      ["group", "company", "g1", { name: "G" }],
      ["alias", "u2", "u1"],
    ]);
  });

  test("sends page calls as PostHog's page views", () => {
    const context = { page: { url: "https://shop.example/a", path: "/a", referrer: "r" } };
    expect(pageProperties({ type: "page", name: "N", properties: { x: 1 }, context })).toEqual({
      x: 1,
      name: "N",
      $current_url: "https://shop.example/a",
      $pathname: "/a",
      $referrer: "r",
    });
  });

  test("a page that has PostHog already keeps its own instance and library", async () => {
    const own: Dictionary = {
      init: vi.fn((_key: string, _config: object, name: string) => {
        own[name] = { capture: vi.fn() };
      }),
    };
    globals.posthog = own;
    await loaded(factory({ apiKey: KEY }));
    expect(scripts()).toEqual([]);
    expect(own.init).toHaveBeenCalledWith(KEY, expect.anything(), "edgewise_phc_1");
  });
});
