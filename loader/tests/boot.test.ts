import { beforeEach, describe, expect, test, vi } from "vitest";
import {
  arrive,
  buffered,
  fail,
  freshPage,
  globals,
  inserted,
  loaderTag,
  manifest,
  recorder,
  runAs,
  settled,
  start,
  type FakePage,
} from "./harness";
import type { Client } from "../src/client";

let page: FakePage;

beforeEach(() => {
  page = freshPage();
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
});

const bpc = (path: string) => ({
  __t: "bpc",
  c: undefined,
  p: path,
  u: `https://shop.example${path}`,
  s: "",
  t: "Then",
  r: "https://ref.example/",
});

describe("adopting the snippet", () => {
  test("the array is replaced by the client, and code that kept the array reaches the client", async () => {
    const stub = buffered("wk_1", [], { track: () => "stub", load: () => "stub" });
    const client = start(page, manifest());
    expect(client.initialized).toBe(true);
    expect(globals.analytics).toBe(client);
    (stub.track as (name: string) => void)("Kept");
    stub.push(["track", "Pushed"]);
    await settled();
    expect(page.sent("t").map(({ event }) => event)).toEqual(["Kept", "Pushed"]);
  });

  test("a bare script tag works without any snippet and sends nothing by itself", async () => {
    const client = start(page, manifest());
    await settled();
    expect(page.posts).toEqual([]);
    await client.track("Bare");
    expect(page.sent("t")).toHaveLength(1);
  });

  test("buffered calls are replayed as the official client does: ids and listeners first, then by method", async () => {
    const order: string[] = [];
    buffered("wk_1", [
      ["page"],
      ["track", "A"],
      ["on", "track", (name: string) => order.push(`heard ${name}`)],
      ["identify", "u1"],
      ["track", "B"],
      ["setAnonymousId", "anon-1"],
    ]);
    start(page, manifest());
    await settled();
    expect(
      page.posts.map(({ url, body }) => [url.slice(-1), body.event ?? body.userId ?? null, body.anonymousId]),
    ).toEqual([
      ["p", null, "anon-1"],
      ["t", "A", "anon-1"],
      ["t", "B", "anon-1"],
      ["i", "u1", "anon-1"],
    ]);
    expect(order).toEqual(["heard A", "heard B"]);
  });

  test("a buffered call keeps the page as it was when it was made", async () => {
    buffered("wk_1", [
      ["track", "Early", {}, bpc("/before")],
      ["page", bpc("/before")],
    ]);
    start(page, manifest());
    await settled();
    expect(page.sent("t")[0]).toMatchObject({
      properties: {},
      context: { page: { path: "/before", title: "Then", referrer: "https://ref.example/" } },
    });
    expect(page.sent("p")[0]).toMatchObject({ properties: { path: "/before", url: "https://shop.example/before" } });
  });

  test("calls that the client does not know, and entries that are no calls, stop nothing", async () => {
    buffered("wk_1", [
      ["trackLink", null, "x"],
      ["noSuchMethod"],
      "text" as unknown as unknown[],
      [42],
      ["constructor"],
      ["track"],
      ["track", "After"],
    ]);
    start(page, manifest());
    await settled();
    expect(page.sent("t").map(({ event }) => event)).toEqual(["After"]);
  });

  test("a custom global key is read from this script's own tag", () => {
    runAs(loaderTag("wk_1", "shopAnalytics"));
    start(page, manifest(), { key: "shopAnalytics" });
    expect((globals.shopAnalytics as Client).initialized).toBe(true);
    expect(globals.analytics).toBeUndefined();
  });

  test("initialPageview adds one page call after the buffered ones", async () => {
    buffered("wk_1", [["track", "A"]], { _loadOptions: { initialPageview: true } });
    start(page, manifest());
    await settled();
    expect(page.posts.map(({ url }) => url.slice(-1))).toEqual(["t", "p"]);
  });
});

describe("destinations", () => {
  test("all are loaded at once, with integrity and without credentials", () => {
    start(page, manifest({ name: "One" }, { name: "Two" }));
    expect(inserted().map(({ src, integrity, crossOrigin, async }) => [src, integrity, crossOrigin, async])).toEqual([
      ["https://edge.example/One.js", "sha384-abc", "anonymous", true],
      ["https://edge.example/Two.js", "sha384-abc", "anonymous", true],
    ]);
  });

  test("one receives its settings, then the events that waited, in order, then new ones at once", async () => {
    const { plugin, calls } = recorder("One");
    const factory = vi.fn(() => plugin);
    buffered("wk_1", [["page"], ["track", "A"], ["track", "B"]]);
    const client = start(page, manifest({ name: "One", settings: { apiKey: "k" } }));
    await settled();
    expect(calls).toEqual([]);
    await arrive("OneDestination", factory);
    expect(factory).toHaveBeenCalledWith({ apiKey: "k" });
    void client.track("C");
    expect(calls.map(({ method, event }) => event.event ?? method)).toEqual(["page", "A", "B", "C"]);
  });

  test("two of one definition share a script and are called with their own settings", async () => {
    const seen: unknown[] = [];
    start(
      page,
      manifest(
        { name: "Shop GA", creationName: "GA", libraryName: "gaDestination", settings: { id: 1 } },
        { name: "Group GA", creationName: "GA", libraryName: "gaDestination", settings: { id: 2 } },
      ),
    );
    expect(inserted()).toHaveLength(1);
    await arrive("gaDestination", (settings) => {
      seen.push(settings);
      return recorder("GA").plugin;
    });
    expect(seen).toEqual([{ id: 1 }, { id: 2 }]);
  });

  test("what happens to each is announced", async () => {
    const heard: unknown[] = [];
    const one = recorder("One");
    buffered("wk_1", [
      ["on", "destination_loaded", (about: unknown) => heard.push(["loaded", about])],
      ["on", "destination_failed", (about: unknown) => heard.push(["failed", about])],
      [
        "on",
        "destination_delivered",
        (about: unknown, ctx: { event: { event: string } }) => heard.push(["delivered", about, ctx.event.event]),
      ],
      ["on", "collected", (ctx: { event: { event: string } }) => heard.push(["collected", ctx.event.event])],
      ["track", "A"],
    ]);
    start(page, manifest({ name: "Shop One", creationName: "One", libraryName: "OneDestination" }, { name: "Two" }));
    await settled();
    await arrive("OneDestination", () => one.plugin);
    await fail("Two");
    expect(heard).toEqual([
      ["collected", "A"],
      ["loaded", { name: "Shop One", creationName: "One" }],
      ["delivered", { name: "Shop One", creationName: "One" }, "A"],
      [
        "failed",
        { name: "Two", creationName: "Two", reason: "the bundle could not be loaded, or its integrity did not match" },
      ],
    ]);
  });

  test("one that hangs, throws or is missing delays neither the others nor the collector", async () => {
    const good = recorder("Good");
    const names = ["Missing", "Hangs", "NoFactory", "Throws", "BadShape", "LoadRejects", "LoadHangs", "Good"];
    buffered("wk_1", [["track", "A"]]);
    const failed: string[] = [];
    const client = start(page, manifest(...names.map((name) => ({ name }))));
    client.on("destination_failed", ({ name }: { name: string }) => failed.push(name));
    await settled();
    expect(page.sent("t")).toHaveLength(1);

    await fail("Missing");
    await arrive("NoFactoryDestination", "not a function" as never);
    await arrive("ThrowsDestination", () => {
      throw new Error("boom");
    });
    await arrive("BadShapeDestination", () => ({ name: "x" }));
    await arrive(
      "LoadRejectsDestination",
      () => recorder("LoadRejects", { load: () => Promise.reject(new Error("blocked")) }).plugin,
    );
    await arrive(
      "LoadHangsDestination",
      () => recorder("LoadHangs", { load: () => new Promise(() => undefined) }).plugin,
    );
    await arrive("GoodDestination", () => good.plugin);
    expect(good.calls.map(({ event }) => event.event)).toEqual(["A"]);
    expect(failed).toEqual(["Missing", "NoFactory", "Throws", "BadShape", "LoadRejects"]);

    await page.pass(20_000);
    expect(failed.slice(5).sort()).toEqual(["Hangs", "LoadHangs"]);
    await client.track("B");
    expect(page.sent("t")[1]).toMatchObject({
      _metadata: { failedInitializations: expect.arrayContaining(["Missing", "LoadHangs"]) as unknown },
    });
  });

  test("one whose method throws or never answers holds up nobody, and the page hears of it", async () => {
    const good = recorder("Good");
    const errors: unknown[] = [];
    const client = start(page, manifest({ name: "Bad" }, { name: "Stuck" }, { name: "Good" }));
    client.on("error", ({ code, name }: { code: string; name: string }) => errors.push([code, name]));
    await arrive(
      "BadDestination",
      () =>
        recorder("Bad", {
          track: () => {
            throw new Error("boom");
          },
        }).plugin,
    );
    await arrive("StuckDestination", () => recorder("Stuck", { track: () => new Promise(() => undefined) }).plugin);
    await arrive("GoodDestination", () => good.plugin);
    const call = client.track("A");
    await settled();
    expect(good.calls).toHaveLength(1);
    expect(page.sent("t")).toHaveLength(1);
    expect(errors).toEqual([["destination_failure", "Bad"]]);
    await page.pass(5_000);
    expect((await call).event.event).toBe("A");
  });

  test("what one destination changes in an event, no other sees", async () => {
    const good = recorder("Good");
    const client = start(page, manifest({ name: "Greedy" }, { name: "Good" }));
    await arrive(
      "GreedyDestination",
      () =>
        recorder("Greedy", {
          track: (ctx: { updateEvent: (path: string, value: unknown) => void }) => {
            ctx.updateEvent("properties.price", 0);
          },
        }).plugin,
    );
    await arrive("GoodDestination", () => good.plugin);
    await client.track("A", { price: 9 });
    expect(good.calls[0]?.event.properties).toEqual({ price: 9 });
    expect(page.sent("t")[0]?.properties).toEqual({ price: 9 });
  });

  test("an enrichment in a bundle reaches the collector and every destination", async () => {
    const one = recorder("One");
    const session = recorder("Session", {
      type: "enrichment",
      track: (ctx: { updateEvent: (path: string, value: unknown) => void }) => {
        ctx.updateEvent("integrations.One.session_id", 7);
        return ctx;
      },
    });
    buffered("wk_1", [["track", "Waited"]]);
    const client = start(page, manifest({ name: "One" }));
    await settled();
    await arrive("OneDestination", () => [one.plugin, session.plugin]);
    await client.track("Now");
    expect(one.calls.map(({ event }) => event.integrations)).toEqual([
      { One: { session_id: 7 } },
      { One: { session_id: 7 } },
    ]);
    expect(page.sent("t")[1]?.integrations).toEqual({ One: { session_id: 7 } });
  });

  test("an entry of the manifest that cannot be loaded is reported, and the others are", () => {
    const failed: unknown[] = [];
    const document = manifest({ name: "Good" });
    (document.remotePlugins as unknown[]).push({ name: "Broken", creationName: "Broken", libraryName: "x" }, null);
    buffered("wk_1", [
      ["on", "destination_failed", ({ name, reason }: { name: string; reason: string }) => failed.push([name, reason])],
    ]);
    start(page, document);
    expect(failed[0]).toEqual(["Broken", "the manifest's entry has no url"]);
    expect(inserted()).toHaveLength(1);
  });
});

describe("the load options", () => {
  test("integrations keep code off the page: All false, by creation name or by own name", () => {
    const off = (integrations: object) => {
      page = freshPage();
      buffered("wk_1", [], { _loadOptions: { integrations } });
      start(page, manifest({ name: "Shop One", creationName: "One" }, { name: "Shop Two", creationName: "Two" }));
      return inserted().map(({ src }) => src.slice(21, -3));
    };
    expect(off({ All: false })).toEqual([]);
    expect(off({ All: false, One: true })).toEqual(["Shop%20One"]);
    expect(off({ "Shop One": false })).toEqual(["Shop%20Two"]);
    expect(off({ Two: false })).toEqual(["Shop%20One"]);
    expect(off({ one: false })).toEqual(["Shop%20One", "Shop%20Two"]);
  });

  test("All false leaves the collector off too, unless it is named", async () => {
    buffered("wk_1", [["track", "A"]], { _loadOptions: { integrations: { All: false } } });
    start(page, manifest());
    await settled();
    expect(page.posts).toEqual([]);
    page = freshPage();
    buffered("wk_1", [["track", "A"]], { _loadOptions: { integrations: { All: false, "Segment.io": true } } });
    start(page, manifest());
    await settled();
    expect(page.sent("t")[0]?.integrations).toEqual({ All: false, "Segment.io": true });
  });

  test("disable switches everything off and keeps nothing", async () => {
    for (const disable of [
      true,
      () => true,
      () => Promise.resolve(true),
      () => {
        throw new Error("no answer");
      },
    ]) {
      page = freshPage();
      buffered(
        "wk_1",
        [
          ["track", "A"],
          ["identify", "u1", { a: 1 }],
        ],
        { _loadOptions: { disable } },
      );
      start(page, manifest({ name: "One" }));
      await settled();
      expect(page.posts).toEqual([]);
      expect(inserted()).toEqual([]);
      expect(localStorage.length).toBe(0);
      expect(document.cookie).toBe("");
      expect((globals.analytics as Client).initialized).toBe(true);
    }
  });

  test("updateCDNSettings may change the manifest before it is used", () => {
    buffered("wk_1", [], {
      _loadOptions: { updateCDNSettings: (settings: object) => ({ ...settings, remotePlugins: [] }) },
    });
    start(page, manifest({ name: "One" }));
    expect(inserted()).toEqual([]);
  });

  test("the collector's host can be set by the page", async () => {
    buffered("wk_1", [["track", "A"]], {
      _loadOptions: { integrations: { "Segment.io": { apiHost: "own.example/x", protocol: "http" } } },
    });
    start(page, manifest());
    await settled();
    expect(page.posts[0]?.url).toBe("http://own.example/x/t");
  });
});

describe("an unusable manifest", () => {
  const unusable: [string, unknown][] = [
    ["null", null],
    ["text", "<html>"],
    ["a list", []],
    ["no integrations", { remotePlugins: [] }],
    ["integrations null", { integrations: null }],
    ["remotePlugins not a list", { integrations: { "Segment.io": {} }, remotePlugins: {} }],
    ["an error document", { error: "unavailable" }],
  ];

  test.each(unusable)(
    "i21 %s: events still go to this edge's sink, and the outcome says why",
    async (_name, settings) => {
      const errors: unknown[] = [];
      buffered("wk_1", [["on", "error", (error: unknown) => errors.push(error)], ["track", "A"], ["page"]]);
      const client = start(page, settings);
      await settled();
      expect(page.posts.map(({ url, body }) => [url, body.writeKey])).toEqual([
        ["https://edge.example/v1/t", "wk_1"],
        ["https://edge.example/v1/p", "wk_1"],
      ]);
      expect(client.manifest).toEqual({ ok: false, reason: expect.any(String) as unknown });
      expect(errors).toEqual([{ code: "manifest_unusable", reason: client.manifest.ok ? "" : client.manifest.reason }]);
    },
  );

  test.each(unusable)(
    "i21 %s: nothing of it is kept, so the next page starts from its own manifest",
    async (_name, settings) => {
      buffered("wk_1", [
        ["track", "A"],
        ["identify", "u1"],
      ]);
      start(page, settings);
      await settled();
      const kept = [...Array(localStorage.length).keys()].map((index) => localStorage.key(index)).sort();
      expect(kept).toEqual(["ajs_anonymous_id", "ajs_user_id", "ajs_user_traits"]);
      start(page, manifest({ name: "One" }));
      expect(inserted()).toHaveLength(1);
    },
  );

  test("i21 a usable manifest without destinations is not a failure", () => {
    expect(start(page, manifest()).manifest.ok).toBe(true);
  });

  test("i21 a manifest without API host sends to this edge's sink and to nobody else", async () => {
    const client = start(page, { integrations: {} });
    await client.track("A");
    expect(page.posts.map(({ url }) => url)).toEqual(["https://edge.example/v1/t"]);
  });
});

describe("two sources on one page", () => {
  const a = { writeKey: "wk_a", cdn: "https://a.example" };
  const b = { writeKey: "wk_b", cdn: "https://b.example" };
  const documentOf = (name: string) => ({
    ...manifest({ name }),
    integrations: { "Segment.io": { apiKey: `wk_${name}`, apiHost: `${name}.example/v1` } },
  });

  test.each([
    ["a first", false],
    ["b first", true],
  ])("i23 with globals of their own each sees only its own manifest, %s", async (_name, swap) => {
    const tags = { a: loaderTag("wk_a", "first"), b: loaderTag("wk_b", "second") };
    buffered("wk_a", [["track", "for a"]], {}, "first");
    buffered("wk_b", [["track", "for b"]], {}, "second");
    const runs = [
      () => {
        runAs(tags.a);
        start(page, documentOf("a"), { ...a, key: "first" });
      },
      () => {
        runAs(tags.b);
        start(page, documentOf("b"), { ...b, key: "second" });
      },
    ];
    (swap ? runs.reverse() : runs).forEach((run) => {
      run();
    });
    const one = recorder("a");
    const two = recorder("b");
    await arrive("aDestination", () => one.plugin);
    await arrive("bDestination", () => two.plugin);
    expect(page.posts.map(({ url, body }) => [url, body.event, body.writeKey]).sort()).toEqual([
      ["https://a.example/v1/t", "for a", "wk_a"],
      ["https://b.example/v1/t", "for b", "wk_b"],
    ]);
    expect(one.calls.map(({ event }) => event.event)).toEqual(["for a"]);
    expect(two.calls.map(({ event }) => event.event)).toEqual(["for b"]);
    expect(globals.analytics).toBeUndefined();
  });

  test("i23 with the same global the later one has it, and each works for its own source", async () => {
    const first = start(page, documentOf("a"), a);
    const second = start(page, documentOf("b"), b);
    expect(globals.analytics).toBe(second);
    await first.track("x");
    await second.track("y");
    expect(page.posts.map(({ url, body }) => [url, body.writeKey])).toEqual([
      ["https://a.example/v1/t", "wk_a"],
      ["https://b.example/v1/t", "wk_b"],
    ]);
  });

  test.each([
    ["a first", false],
    ["b first", true],
  ])("i23 a bare tag leaves the other's snippet on the same global alone, %s", async (_name, swap) => {
    loaderTag("wk_a");
    const stub = buffered("wk_a", [["track", "for a"]], { track: () => undefined });
    const runs = [
      () => {
        start(page, documentOf("a"), a);
      },
      () => {
        start(page, documentOf("b"), b);
      },
    ];
    (swap ? runs.reverse() : runs).forEach((run) => {
      run();
    });
    await settled();
    (stub.track as (name: string) => void)("kept reference");
    await settled();
    expect(page.posts.map(({ body }) => [body.event, body.writeKey])).toEqual([
      ["for a", "wk_a"],
      ["kept reference", "wk_a"],
    ]);
  });

  test("i23 different builds of one bundle under one global name are not mixed up", async () => {
    const entry = (version: string) => ({
      name: "GA",
      libraryName: "gaDestination",
      url: `https://edge.example/ga/${version}.js`,
    });
    const old = start(page, manifest(entry("old")), a);
    const young = start(page, manifest(entry("new")), b);
    const [oldScript, newScript] = inserted();
    const oldPlugin = recorder("GA");
    const newPlugin = recorder("GA");
    globals.gaDestination = () => newPlugin.plugin;
    newScript?.onload?.(new Event("load"));
    globals.gaDestination = () => oldPlugin.plugin;
    oldScript?.onload?.(new Event("load"));
    await settled();
    await old.track("old");
    await young.track("new");
    expect(oldPlugin.calls.map(({ event }) => event.event)).toEqual(["old"]);
    expect(newPlugin.calls.map(({ event }) => event.event)).toEqual(["new"]);
  });

  test("a snippet whose key was changed only in its load call is still adopted", async () => {
    loaderTag("wk_1");
    buffered("wk_template", [["track", "A"]]);
    start(page, manifest());
    await settled();
    expect(page.sent("t")).toHaveLength(1);
  });
});
