import fc from "fast-check";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { replayOrder, type BufferedCall } from "../src/adopt";
import type { Client } from "../src/client-api";
import {
  buffered,
  freshPage,
  globals,
  inserted,
  loaderTag,
  manifest,
  runAs,
  settled,
  start,
  type FakePage,
} from "./harness";

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

  test("the order of replay is a function of the calls alone", () => {
    const names = (calls: readonly BufferedCall[]) => calls.map(([method, tag]) => `${method} ${String(tag)}`);
    const [before, plugins, after] = replayOrder([
      ["track", 1],
      ["on", 1],
      ["addSourceMiddleware", 1],
      ["page", 1],
      ["setAnonymousId", 1],
      ["track", 2],
      ["register", 1],
      ["on", 2],
    ]);
    expect(names(before)).toEqual(["setAnonymousId 1", "on 1", "on 2"]);
    expect(names(plugins)).toEqual(["register 1", "addSourceMiddleware 1"]);
    expect(names(after)).toEqual(["track 1", "track 2", "page 1"]);
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

  test("whatever the array holds, the client starts and the calls after it arrive", async () => {
    const method = fc.constantFrom(
      "track",
      "page",
      "identify",
      "group",
      "alias",
      "screen",
      "on",
      "ready",
      "register",
      "trackLink",
      "trackSubmit",
      "deregister",
      "queryString",
      "once",
      "off",
      "pageview",
      "reset",
      "setAnonymousId",
      "valueOf",
      "__proto__",
      "timeout",
      "debug",
      "push",
      "load",
      "emit",
      "nothing",
    );
    const call = fc.oneof(
      fc.anything({ maxDepth: 2 }),
      fc.tuple(method, fc.anything({ maxDepth: 2 }), fc.anything({ maxDepth: 2 })),
      fc.tuple(method, fc.string(), fc.constantFrom(bpc("/then"), { ...bpc("/x"), more: 1 }, { __t: "bpc" })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 6 }), async (calls) => {
        page = freshPage();
        vi.spyOn(console, "log").mockImplementation(() => undefined);
        buffered("wk_1", calls as unknown[][]);
        const client = start(page, manifest());
        void client.track("After");
        await settled();
        expect(page.sent("t").map(({ event }) => event)).toContain("After");
      }),
      { numRuns: 60 },
    );
  });

  test("the same script a second time starts nothing", async () => {
    const client = start(page, manifest({ name: "One" }));
    expect(start(page, manifest({ name: "One" }))).toBe(client);
    expect(inserted()).toHaveLength(1);
    await client.track("A");
    expect(page.posts).toHaveLength(1);
  });

  test("a custom global key is read from this script's own tag", () => {
    runAs(loaderTag("wk_1", "shopAnalytics"));
    start(page, manifest(), { key: "shopAnalytics" });
    expect((globals.shopAnalytics as Client).initialized).toBe(true);
    expect(globals.analytics).toBeUndefined();
  });

  test("a half of a loader, which is run later, has noted its tag: another of its source is not taken for it", () => {
    const [first, second] = [loaderTag("wk_1", "first"), loaderTag("wk_1", "second")];
    start(page, manifest(), { key: "second", tag: second });
    expect(globals.first).toBeUndefined();
    start(page, manifest(), { key: "first", tag: first });
    expect([globals.first, globals.second].map((client) => (client as Client).initialized)).toEqual([true, true]);
  });

  test("initialPageview adds one page call after the buffered ones", async () => {
    buffered("wk_1", [["track", "A"]], { _loadOptions: { initialPageview: true } });
    start(page, manifest());
    await settled();
    expect(page.posts.map(({ url }) => url.slice(-1))).toEqual(["t", "p"]);
  });
});
