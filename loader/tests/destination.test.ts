import { beforeEach, describe, expect, test, vi } from "vitest";
import {
  arrive,
  buffered,
  fail,
  freshPage,
  inserted,
  manifest,
  recorder,
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

  test("i37 one that hangs, throws or is missing delays neither the others nor the collector", async () => {
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

  test("i37 one whose method throws or never answers holds up nobody, and the page hears of each by its deadline", async () => {
    const good = recorder("Good");
    const errors: unknown[] = [];
    const delivered: string[] = [];
    const client = start(page, manifest({ name: "Bad" }, { name: "Stuck" }, { name: "Good" }));
    client.on("error", (error: { code: string; name: string; reason: Error }) => {
      errors.push([error.code, error.name, error.reason.message]);
    });
    client.on("destination_delivered", ({ name }: { name: string }) => delivered.push(name));
    let answer: () => void = () => undefined;
    await arrive(
      "BadDestination",
      () =>
        recorder("Bad", {
          track: () => {
            throw new Error("boom");
          },
        }).plugin,
    );
    const track = (): Promise<void> => new Promise((resolve) => (answer = resolve));
    await arrive("StuckDestination", () => recorder("Stuck", { track }).plugin);
    await arrive("GoodDestination", () => good.plugin);
    const call = client.track("A");
    await settled();
    expect(good.calls).toHaveLength(1);
    expect(page.sent("t")).toHaveLength(1);
    expect(errors).toEqual([["destination_failure", "Bad", "boom"]]);
    await page.pass(5_000);
    expect((await call).event.event).toBe("A");
    await page.pass(14_999);
    expect(errors).toHaveLength(1);
    await page.pass(1);
    expect(errors.slice(1)).toEqual([["destination_failure", "Stuck", "no answer within 20000 ms"]]);
    answer();
    await settled();
    expect(delivered).toEqual(["Good"]);
  });

  test("i37 an event that waited for one, and is never answered, fails by the deadline too", async () => {
    const errors: unknown[] = [];
    buffered("wk_1", [["track", "Waited"]]);
    const client = start(page, manifest({ name: "Stuck" }));
    client.on("error", ({ code, ctx }: { code: string; ctx: { event: { event: string } } }) => errors.push([code, ctx.event.event]));
    await settled();
    const never = (): Promise<void> => new Promise(() => undefined);
    await arrive("StuckDestination", () => [
      recorder("Stuck").plugin,
      recorder("Stuck before", { type: "before", track: never }).plugin,
    ]);
    await page.pass(20_000);
    expect(errors).toEqual([["destination_failure", "Waited"]]);
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
