import { beforeEach, describe, expect, test, vi } from "vitest";
import { collectorUrl } from "../src/collector";
import { courierArrives, courierScript, writtenDown } from "./courier-page";
import { freshPage, manifest, settled, start, type FakePage } from "./harness";

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

  test("is sent a big event without keepalive, for which browsers have no room", async () => {
    const client = start(page, manifest());
    await client.track("Small");
    await client.track("Big", { text: "x".repeat(70_000) });
    expect(page.posts.map(({ init, body }) => [body.event, init.keepalive])).toEqual([
      ["Small", true],
      ["Big", false],
    ]);
  });

  test("has an event written down before it is sent, and no longer than until it answers", async () => {
    let answer: (status: number) => void = () => undefined;
    page.collector = () => new Promise<number>((resolve) => (answer = resolve));
    const call = start(page, manifest()).track("A");
    await settled();
    expect(writtenDown()).toEqual([[page.time + 10_000, 1, "A"]]);
    answer(200);
    await call;
    expect(writtenDown()).toEqual([]);
    expect(courierScript()).toBeUndefined();
  });

  test("i37 one that never answers is given ten seconds, and holds up neither the page nor the next event", async () => {
    page.collector = ({ body }) => (body.event === "A" ? new Promise<number>(() => undefined) : 200);
    const heard: unknown[] = [];
    const client = start(page, manifest());
    client.on("collected", ({ event }: { event: { event: string } }) => heard.push(["collected", event.event]));
    client.on("delayed", (_ctx: unknown, reason: string) => heard.push(["delayed", reason]));
    const call = client.track("A");
    await client.track("B");
    expect(heard).toEqual([["collected", "B"]]);
    await page.pass(5_000);
    expect((await call).event.event).toBe("A");
    await page.pass(5_000);
    await courierArrives();
    expect(heard.slice(1)).toEqual([["delayed", "the collector did not answer"]]);
  });

  test("one that answers after that has the event all the same", async () => {
    let answer: (status: number) => void = () => undefined;
    page.collector = () => new Promise<number>((resolve) => (answer = resolve));
    const heard: unknown[] = [];
    const client = start(page, manifest());
    client.on("collected", ({ event }: { event: { event: string } }) => heard.push(event.event));
    void client.track("A");
    await page.pass(10_000);
    await courierArrives();
    answer(200);
    await settled();
    await page.pass(60_000);
    expect(heard).toEqual(["A"]);
    expect(page.posts).toHaveLength(1);
  });
});
