import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Client } from "../../src/client-api";
import { courierArrives, courierScript, writtenDown } from "../courier-page";
import { freshPage, loaderTag, manifest, runAs, settled, start, type Answer, type FakePage } from "../harness";

let page: FakePage;

beforeEach(() => {
  page = freshPage();
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
});

afterEach(() => {
  Reflect.deleteProperty(navigator, "onLine");
  Reflect.deleteProperty(navigator, "sendBeacon");
  Reflect.deleteProperty(document, "visibilityState");
});

/** The page's clock and ids go on; what a client kept in memory is gone, and so are its listeners. */
function nextPage(): FakePage {
  const { time, ids } = page;
  const kept = Object.entries(localStorage) as [string, string][];
  page = freshPage();
  Object.assign(page, { time, ids });
  for (const [key, value] of kept) localStorage.setItem(key, value);
  return page;
}

function goes(online: boolean): void {
  Object.defineProperty(navigator, "onLine", { value: online, configurable: true });
  if (online) window.dispatchEvent(new Event("online"));
}

/** The page is left. */
function goesAway(): void {
  window.dispatchEvent(new Event("pagehide"));
}

/** Its tab is no longer the one that is seen, or is again. */
function turns(visibility: "hidden" | "visible"): void {
  Object.defineProperty(document, "visibilityState", { value: visibility, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}

/** The page's load options, put where the snippet has them. */
function loadedWith(options: object): void {
  Object.assign(globalThis, { analytics: Object.assign([], { _writeKey: "wk_1", _loadOptions: options }) });
}

const batching = (config: object = {}): object => ({
  integrations: {
    "Segment.io": { apiHost: "t.shop.example/v1", deliveryStrategy: { strategy: "batching", config } },
  },
});

/** What the page hears of its events, in order. */
function hearing(client: Client): unknown[][] {
  const heard: unknown[][] = [];
  client.on("collected", ({ event }: { event: { event: string } }) => heard.push(["collected", event.event]));
  client.on("delayed", ({ event }: { event: { event: string } }, reason: string) =>
    heard.push(["delayed", event.event, reason]),
  );
  client.on("error", ({ code, reason }: { code: string; reason: string }) => heard.push([code, reason]));
  return heard;
}

const events = (): unknown[] => page.posts.map(({ body }) => body.event);

/** A collector that answers in this order, and well from then on. */
function answering(...answers: (Answer | Error)[]): void {
  page.collector = () => {
    const answer = answers.shift() ?? 200;
    if (answer instanceof Error) throw answer;
    return answer;
  };
}

describe("an event that is not collected at once", () => {
  test("i37 is sent again after a wait that doubles, with its number of tries, until it is", async () => {
    answering(500, new TypeError("down"), 408);
    const client = start(page, manifest());
    const heard = hearing(client);
    void client.track("A");
    await courierArrives();
    for (const wait of [500, 1_000, 2_000]) {
      const before = page.posts.length;
      await page.pass(wait - 1);
      expect(page.posts).toHaveLength(before);
      await page.pass(1);
      expect(page.posts).toHaveLength(before + 1);
    }
    expect(heard).toEqual([
      ["delayed", "A", "the collector answered 500"],
      ["delayed", "A", "the event could not be sent: down"],
      ["delayed", "A", "the collector answered 408"],
      ["collected", "A"],
    ]);
    const [first, second, third] = page.posts.map(({ body }) => body);
    expect(second).toEqual({ ...first, sentAt: "2026-01-02T03:04:05.500Z", _metadata: expect.anything() as unknown });
    expect(first?._metadata).not.toHaveProperty("retryCount");
    expect([second, third].map((body) => body?._metadata)).toMatchObject([{ retryCount: 2 }, { retryCount: 3 }]);
    expect(writtenDown()).toEqual([]);
  });

  test.each([400, 401, 403, 404, 413, 501, 505, 511])("i37 is given up where the collector refuses it with %i", async (status) => {
    answering(status);
    const client = start(page, manifest());
    const heard = hearing(client);
    const call = client.track("A");
    await courierArrives();
    expect(heard).toEqual([["delivery_failure", `the collector answered ${String(status)}`]]);
    expect((await call).failedDelivery()).toMatchObject({ reason: `the collector answered ${String(status)}` });
    await page.pass(60_000);
    expect(page.posts).toHaveLength(1);
    expect(writtenDown()).toEqual([]);
  });

  test("is given up after sixteen tries", async () => {
    page.collector = () => 503;
    const client = start(page, manifest());
    const heard = hearing(client);
    void client.track("A");
    await courierArrives();
    for (let wait = 500; wait < 10_000_000; wait *= 2) await page.pass(wait);
    expect(page.posts).toHaveLength(16);
    expect(heard.at(-1)).toEqual(["delivery_failure", "the collector answered 503"]);
    expect(writtenDown()).toEqual([]);
  });

  test("has one try where retryQueue is false, by the page or by the manifest", async () => {
    for (const where of ["options", "manifest"]) {
      page = freshPage();
      answering(500);
      const document = manifest();
      if (where === "manifest") Object.assign((document.integrations as Record<string, object>)["Segment.io"] ?? {}, { retryQueue: false });
      else loadedWith({ retryQueue: false });
      const client = start(page, document);
      const heard = hearing(client);
      void client.track("A");
      await courierArrives();
      await page.pass(60_000);
      expect(heard).toEqual([["delivery_failure", "the collector answered 500"]]);
      expect(page.posts).toHaveLength(1);
    }
  });

  test("i37 waits while the courier cannot be had, and is told of", async () => {
    answering(500);
    const client = start(page, manifest());
    const heard = hearing(client);
    void client.track("A");
    await settled();
    const script = courierScript();
    script?.remove();
    script?.onerror?.("error");
    await settled();
    expect(heard).toEqual([["delayed", "A", undefined]]);
    expect(writtenDown()).toHaveLength(1);
    goes(true);
    await courierArrives();
    await page.pass(10_000);
    expect(events()).toEqual(["A", "A"]);
  });

  test("has the courier asked for again where the network is back before the first request for it has failed", async () => {
    answering(new TypeError("offline"));
    void start(page, manifest()).track("A");
    await settled();
    const script = courierScript();
    goes(true);
    script?.remove();
    script?.onerror?.("error");
    await courierArrives();
    await page.pass(10_000);
    expect(events()).toEqual(["A", "A"]);
  });

  test("i37 is told of within five seconds where the courier neither comes nor fails, and goes on when it does come", async () => {
    answering(500);
    const client = start(page, manifest());
    const heard = hearing(client);
    void client.track("A");
    await settled();
    await page.pass(4_999);
    expect(heard).toEqual([]);
    await page.pass(1);
    expect(heard).toEqual([["delayed", "A", undefined]]);
    await courierArrives();
    await page.pass(10_000);
    expect(heard.slice(1)).toEqual([
      ["delayed", "A", "the collector answered 500"],
      ["collected", "A"],
    ]);
  });

  test("i37 is announced as failed where the courier cannot be had and nothing has it written down", async () => {
    answering(500);
    loadedWith({ disableClientPersistence: true });
    const client = start(page, manifest());
    const heard = hearing(client);
    const call = client.track("A");
    await settled();
    courierScript()?.onerror?.("error");
    expect((await call).failedDelivery()).toEqual({ reason: "neither sent nor kept" });
    expect(heard.at(-1)).toEqual(["delivery_failure", "neither sent nor kept"]);
  });
});

describe("a collector that asks for peace", () => {
  test.each<[string, Answer, number]>([
    ["seconds", [429, "7"], 7_000],
    ["a date", [503, "Fri, 02 Jan 2026 03:05:05 GMT"], 60_000],
    ["no time that can be read", [429, "soon"], 500],
    ["more than twelve hours", [429, "9999999999"], 43_200_000],
  ])("is left alone for all events, by other pages too: %s", async (_name, answer, wait) => {
    answering(answer);
    void start(page, manifest()).track("A");
    await courierArrives();
    nextPage();
    void start(page, manifest()).track("B");
    await courierArrives();
    await page.pass(wait - 1);
    expect(events()).toEqual([]);
    await page.pass(1);
    expect(events().sort()).toEqual(["A", "B"]);
    await page.pass(10_000);
    expect(page.posts).toHaveLength(2);
    expect(writtenDown()).toEqual([]);
  });

  test("one event that it cannot take holds up no other", async () => {
    page.collector = ({ body }) => (body.event === "Poison" ? 500 : 200);
    const client = start(page, manifest());
    void client.track("Poison");
    await courierArrives();
    await client.track("B");
    expect(events()).toEqual(["Poison", "B"]);
  });
});

describe("what a page leaves behind", () => {
  test("an event whose answer it did not hear of is sent by the next page, once its time is up", async () => {
    page.collector = () => new Promise<number>(() => undefined);
    void start(page, manifest()).track("A");
    await settled();
    nextPage();
    void start(page, manifest()).page();
    await courierArrives();
    expect(page.sent("t")).toEqual([]);
    await page.pass(10_000);
    expect(page.sent("t")).toMatchObject([{ event: "A", _metadata: { retryCount: 2 } }]);
    expect(writtenDown()).toEqual([]);
  });

  test("it is sent with what it said then, and announced", async () => {
    answering(500);
    const first = start(page, manifest());
    void first.identify("u1");
    void first.track("A");
    await courierArrives();
    const [, sent] = page.posts;
    nextPage();
    const client = start(page, manifest());
    client.reset();
    const heard = hearing(client);
    void client.track("B");
    await courierArrives();
    await page.pass(10_000);
    expect(heard).toContainEqual(["collected", "B"]);
    const again = page.posts.find(({ body }) => body.type === "identify");
    expect(again?.body).toMatchObject({ userId: "u1", writeKey: sent?.body.writeKey });
  });

  test("of two tabs that see it due only one sends it", async () => {
    answering(500);
    void start(page, manifest()).track("A");
    await courierArrives();
    // A second client on the same storage, as another tab has.
    runAs(loaderTag("wk_1", "second"));
    void start(page, manifest(), { key: "second" }).track("B");
    await courierArrives();
    page.collector = () => new Promise<number>(() => undefined);
    await page.pass(5_000);
    expect(events()).toEqual(["A", "B", "A"]);
  });

  test("an event that another page has brought is not sent again", async () => {
    answering(500);
    void start(page, manifest()).track("A");
    await courierArrives();
    for (const key of Object.keys(localStorage)) if (key.startsWith("edgewise:")) localStorage.removeItem(key);
    await page.pass(60_000);
    expect(page.posts).toHaveLength(1);
  });

  test("what is no event of ours, and what a wrong clock put off for years, holds up nothing", async () => {
    localStorage.setItem("edgewise:wk_1:x", "nonsense");
    localStorage.setItem("edgewise:wk_1:y", "[1]");
    localStorage.setItem("edgewise:wk_1:z", JSON.stringify([page.time * 2, 3, { type: "track", event: "Late" }]));
    void start(page, manifest()).page();
    await courierArrives();
    await page.pass(1_000);
    expect(page.sent("t")).toMatchObject([{ event: "Late" }]);
    expect(writtenDown()).toEqual([]);
  });

  test("i23 a source sends nothing that another left", async () => {
    answering(500);
    void start(page, manifest()).track("A");
    await courierArrives();
    nextPage();
    void start(page, manifest(), { writeKey: "wk_2" }).track("B");
    await settled();
    expect(courierScript()).toBeUndefined();
    await page.pass(60_000);
    expect(events()).toEqual(["B"]);
    expect(writtenDown()).toHaveLength(1);
  });

  test("at most a hundred events of a source are, and none of more than 20,000 characters; the page keeps the rest", async () => {
    page.collector = () => new Promise<number>(() => undefined);
    const client = start(page, manifest());
    void client.track("Big", { text: "x".repeat(30_000) });
    for (let n = 0; n < 120; n++) void client.track(`E${String(n)}`);
    await settled();
    expect(writtenDown()).toHaveLength(100);
    page.collector = () => 200;
    await page.pass(10_000);
    await courierArrives();
    for (let n = 0; n < 3; n++) await page.pass(10_000);
    expect(new Set(events().slice(121))).toEqual(new Set(["Big", ...Array.from({ length: 120 }, (_, n) => `E${String(n)}`)]));
  });

  test("nothing is, where the page wants nothing kept; what it keeps itself is sent again", async () => {
    answering(500);
    loadedWith({ disableClientPersistence: true });
    const wrote = vi.spyOn(Storage.prototype, "setItem");
    void start(page, manifest()).track("A");
    await courierArrives();
    await page.pass(500);
    expect(events()).toEqual(["A", "A"]);
    expect(wrote).not.toHaveBeenCalled();
  });

  test("nothing is, where the browser refuses; what the page keeps itself is sent again", async () => {
    answering(500);
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
    void start(page, manifest()).track("A");
    await courierArrives();
    await page.pass(500);
    expect(events()).toEqual(["A", "A"]);
  });

  test("what only the page keeps is sent a last time when the page is left, and not when it is only hidden", async () => {
    page.collector = () => 500;
    loadedWith({ disableClientPersistence: true });
    void start(page, manifest()).track("A");
    await courierArrives();
    expect(events()).toEqual(["A"]);
    turns("hidden");
    await settled();
    expect(events()).toEqual(["A"]);
    goesAway();
    await settled();
    expect(page.posts.map(({ init, body }) => [body.event, init.keepalive])).toEqual([
      ["A", true],
      ["A", true],
    ]);
  });

  test("what is written down waits for the next page when this one is left", async () => {
    page.collector = () => 500;
    void start(page, manifest()).track("A");
    await courierArrives();
    goesAway();
    await settled();
    expect(events()).toEqual(["A"]);
    expect(writtenDown()).toHaveLength(1);
  });
});

describe("without a network", () => {
  test("events wait until it is back, and cost no tries", async () => {
    answering(500);
    const client = start(page, manifest());
    void client.track("A");
    await courierArrives();
    goes(false);
    const heard = hearing(client);
    void client.track("B");
    await page.pass(600_000);
    expect(events()).toEqual(["A"]);
    expect(heard).toEqual([["delayed", "B", "offline, or the collector wants to be left alone"]]);
    goes(true);
    await settled();
    expect(events().slice(1).sort()).toEqual(["A", "B"]);
    expect(writtenDown()).toEqual([]);
  });
});

describe("batching", () => {
  test("sends a batch once it is full, else when its time is up, in the official client's form", async () => {
    const client = start(page, batching({ size: 2, timeout: 3_000 }));
    void client.track("A");
    void client.page();
    void client.track("C");
    await courierArrives();
    expect(page.posts.map(({ url }) => url)).toEqual(["https://t.shop.example/v1/b"]);
    expect(page.posts[0]?.body).toMatchObject({
      writeKey: "wk_1",
      sentAt: "2026-01-02T03:04:05.000Z",
      batch: [{ type: "track", event: "A", writeKey: "wk_1" }, { type: "page" }],
    });
    expect((page.posts[0]?.body.batch as object[])[0]).not.toHaveProperty("sentAt");
    await page.pass(2_999);
    expect(page.posts).toHaveLength(1);
    await page.pass(1);
    expect(page.posts[1]?.body).toMatchObject({ batch: [{ event: "C" }] });
    expect(writtenDown()).toEqual([]);
  });

  test("a batch that fails is sent again, whole, and counts as the official client does", async () => {
    answering(500);
    const client = start(page, batching());
    void client.track("A");
    void client.track("B");
    await courierArrives();
    await page.pass(5_000);
    await page.pass(500);
    expect(page.posts[1]?.body).toMatchObject({
      batch: [
        { event: "A", _metadata: { retryCount: 1 } },
        { event: "B", _metadata: { retryCount: 1 } },
      ],
    });
  });

  test.each([
    ["is hidden", () => { turns("hidden"); }],
    ["is left", goesAway],
  ])("a page that %s sends what it has gathered, and one that comes back does not send it again", async (_how, goes) => {
    const client = start(page, batching());
    void client.track("A");
    await courierArrives();
    turns("visible");
    await settled();
    expect(page.posts).toEqual([]);
    goes();
    await settled();
    expect(page.posts).toMatchObject([{ init: { keepalive: true }, body: { batch: [{ event: "A" }] } }]);
    await page.pass(60_000);
    expect(page.posts).toHaveLength(1);
  });

  test("a page that is hidden sends no more than browsers take, and the next page has the rest", async () => {
    page.collector = () => new Promise<number>(() => undefined);
    const client = start(page, batching({ size: 3, timeout: 60_000 }));
    void client.track("Before the courier");
    await courierArrives();
    for (let n = 0; n < 8; n++) void client.track("Ü", { text: "ü".repeat(7_000) });
    await settled();
    goesAway();
    const lengths = page.posts.map(({ init }) => new TextEncoder().encode(init.body as string).length);
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBeLessThan(64 * 1024);
    expect(page.posts.every(({ init }) => init.keepalive)).toBe(true);
    expect(writtenDown()).toHaveLength(9);
  });

  test("where no fetch outlives its page, beacons do", async () => {
    const beacons: unknown[] = [];
    Object.defineProperty(navigator, "sendBeacon", { value: (...args: unknown[]) => beacons.push(args), configurable: true });
    vi.stubGlobal("Request", { prototype: {} });
    const client = start(page, batching());
    void client.track("A");
    await courierArrives();
    goesAway();
    expect(page.posts).toEqual([]);
    expect(beacons).toMatchObject([["https://t.shop.example/v1/b", expect.stringContaining('"event":"A"') as unknown]]);
  });
});
