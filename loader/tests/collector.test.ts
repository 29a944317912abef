import { beforeEach, describe, expect, test, vi } from "vitest";
import { collectorUrl } from "../src/collector";
import { buffered, freshPage, manifest, settled, start, type FakePage } from "./harness";

let page: FakePage;

beforeEach(() => {
  page = freshPage();
  vi.spyOn(console, "error").mockImplementation(() => undefined);
});

describe("the collector", () => {
  test("is the source's API host, https unless the manifest says http, and without one the edge's sink", () => {
    const cdn = "https://edge.example";
    expect(collectorUrl({ apiHost: "t.example/v1" }, cdn)).toBe("https://t.example/v1");
    expect(collectorUrl({ apiHost: "t.example/v1", protocol: "http" }, cdn)).toBe("http://t.example/v1");
    expect(collectorUrl({ apiHost: "t.example/v1", protocol: "javascript" }, cdn)).toBe("https://t.example/v1");
    for (const settings of [{}, { apiHost: "" }, { apiHost: null }])
      expect(collectorUrl(settings, cdn)).toBe("https://edge.example/v1");
  });

  test("gets each type of event at its own letter, as a simple request that outlives the page", async () => {
    const client = start(page, manifest());
    await client.track("A");
    await client.page();
    await client.identify("u1");
    await client.group("g1");
    await client.alias("u2");
    await client.screen("S");
    expect(page.posts.map(({ url }) => url)).toEqual(
      ["t", "p", "i", "g", "a", "s"].map((letter) => `https://t.shop.example/v1/${letter}`),
    );
    for (const { init } of page.posts) {
      expect(init).toMatchObject({ method: "POST", keepalive: true, headers: { "Content-Type": "text/plain" } });
    }
  });

  test("is sent the write key, times, ids and the page", async () => {
    const client = start(page, manifest());
    await client.identify("u1", { plan: "pro" });
    await client.track("A", { price: 1 });
    const [body] = page.sent("t");
    expect(body).toMatchObject({
      type: "track",
      event: "A",
      properties: { price: 1 },
      writeKey: "wk_1",
      userId: "u1",
      timestamp: "2026-01-02T03:04:05.000Z",
      sentAt: "2026-01-02T03:04:05.000Z",
      integrations: {},
      anonymousId: expect.stringMatching(/^0{8}-/) as unknown,
      messageId: expect.stringMatching(/^edgewise-\d+-/) as unknown,
      context: {
        page: {
          path: "/cart",
          search: "?utm_source=mail",
          url: "https://shop.example/cart?utm_source=mail",
          title: "Cart",
        },
        userAgent: navigator.userAgent,
        locale: "en-US",
        library: { name: "analytics.js" },
        campaign: { source: "mail" },
      },
      _metadata: { bundled: ["Segment.io"], unbundled: [], bundledIds: [] },
    });
    expect(body).not.toHaveProperty("traits");
  });

  test("hears which destinations are served elsewhere, and nothing where the manifest does not want it", async () => {
    const document = manifest();
    const integrations = document.integrations as Record<string, object>;
    integrations["Segment.io"] = {
      ...integrations["Segment.io"],
      unbundledIntegrations: ["B", "A", "A"],
      maybeBundledConfigIds: { Old: ["id1"] },
    };
    integrations.Old = { bundlingStatus: "bundled" };
    integrations.Apart = { bundlingStatus: "unbundled" };
    await start(page, document).track("A");
    expect(page.sent("t")[0]?._metadata).toEqual({
      bundled: ["Old", "Segment.io"],
      unbundled: ["A", "Apart", "B"],
      bundledIds: ["id1"],
    });
    page = freshPage();
    await start(page, { integrations: { "Segment.io": { addBundledMetadata: false } } }).track("A");
    expect(page.sent("t")[0]).not.toHaveProperty("_metadata");
  });

  test("an event for which it is switched off stays off it, and All false does not mean it", async () => {
    const client = start(page, manifest());
    await client.track("Off", {}, { integrations: { "Segment.io": false } });
    await client.track("On", {}, { integrations: { All: false } });
    expect(page.sent("t").map(({ event }) => event)).toEqual(["On"]);
  });

  test("a keepalive that the browser refuses is sent once more without, and a big event never with it", async () => {
    page.collector = ({ init }) => {
      if (init.keepalive) throw new TypeError("quota");
      return 200;
    };
    const client = start(page, manifest());
    await client.track("Small");
    await client.track("Big", { text: "x".repeat(70_000) });
    expect(page.posts.map(({ init, body }) => [body.event, init.keepalive])).toEqual([
      ["Small", true],
      ["Small", false],
      ["Big", false],
    ]);
  });

  test.each<[string, () => number | Promise<number>, string]>([
    ["refuses", () => 500, "the collector answered 500"],
    [
      "cannot be reached",
      () => {
        throw new Error("offline");
      },
      "the event could not be sent: offline",
    ],
  ])("one that %s is an outcome that the page hears of, never an exception", async (_name, collector, reason) => {
    const heard: unknown[] = [];
    page.collector = collector;
    const client = start(page, manifest());
    client.on("error", ({ code, reason: why }: { code: string; reason: string }) => heard.push([code, why]));
    client.on("collected", () => heard.push("collected"));
    const ctx = await client.track("A");
    expect(heard).toEqual([["delivery_failure", reason]]);
    expect(ctx.failedDelivery()).toMatchObject({ reason });
  });

  test("one that never answers holds up neither the page nor the next event", async () => {
    page.collector = ({ body }) => (body.event === "A" ? new Promise<number>(() => undefined) : 200);
    buffered("wk_1", [
      ["track", "A"],
      ["track", "B"],
    ]);
    const collected: string[] = [];
    const client = start(page, manifest());
    client.on("collected", ({ event }: { event: { event: string } }) => collected.push(event.event));
    await settled();
    expect(collected).toEqual(["B"]);
    const call = client.track("A");
    await page.pass(5_000);
    expect((await call).event.event).toBe("A");
  });
});
