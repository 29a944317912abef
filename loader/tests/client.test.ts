import fc from "fast-check";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { arrive, fail, freshPage, globals, manifest, recorder, settled, start, type FakePage } from "./harness";
import type { Context } from "../src/context";

let page: FakePage;

beforeEach(() => {
  page = freshPage();
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
});

describe("the client", () => {
  test("gives methods that work without `this`", async () => {
    const { track, page: view, identify, user, group, on, ready, setAnonymousId, reset } = start(page, manifest());
    on("track", () => undefined);
    setAnonymousId("a1");
    await identify("u1");
    await track("A");
    await view();
    expect([user().id(), user().anonymousId()]).toEqual(["u1", "a1"]);
    expect((group() as { id: () => unknown }).id()).toBeNull();
    await ready();
    reset();
    expect(user().id()).toBeNull();
  });

  test("tries only once on which domain it may set cookies", () => {
    const { jsdom } = globals as { jsdom: { reconfigure: (to: { url: string }) => void } };
    const before = location.href;
    jsdom.reconfigure({ url: "https://www.shop.example/" });
    const cookies = vi.spyOn(document, "cookie", "set");
    start(page, manifest()).setAnonymousId("a1");
    const probes = cookies.mock.calls.filter(([text]) => text.startsWith("__tld__=1"));
    expect(probes.map(([text]) => /domain=([^;]+)/.exec(text)?.[1])).toEqual(["shop.example"]);
    jsdom.reconfigure({ url: before });
  });

  test("whatever a page passes, no method throws at it and no promise rejects", async () => {
    vi.spyOn(console, "log").mockImplementation(() => undefined);
    type Methods = Record<string, (...args: unknown[]) => unknown>;
    const methods = Object.entries(start(page, manifest()))
      .filter(([, value]) => typeof value === "function")
      .map(([name]) => name);
    expect(methods).toHaveLength(30);
    const argument = fc.oneof(
      fc.anything({ maxDepth: 2 }),
      fc.constantFrom(() => undefined, "track", { event: "A" }, document.createElement("a"), null, undefined),
    );
    const calls = fc.array(fc.tuple(fc.constantFrom(...methods), fc.array(argument, { maxLength: 5 })), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(calls, async (made) => {
        // Callbacks wait for as long as the page says.
        fc.pre(!made.some(([name, [ms]]) => name === "timeout" && typeof ms === "number" && ms > 10_000));
        page = freshPage();
        const client = start(page, manifest({ name: "One" })) as unknown as Methods;
        const open = new Set(made.map(([name], at) => `${name} ${String(at)}`));
        const results = Promise.allSettled(
          made.map(([name, args], at) =>
            Promise.resolve(client[name]?.(...args)).finally(() => open.delete(`${name} ${String(at)}`)),
          ),
        );
        for (let seconds = 0; seconds < 4; seconds += 1) await page.pass(10_000);
        expect([...open]).toEqual([]);
        expect((await results).filter(({ status }) => status === "rejected")).toEqual([]);
      }),
      { numRuns: 100 },
    );
  }, 30_000);

  test("a track call without a name is an outcome, not an exception, and goes nowhere", async () => {
    const heard: unknown[] = [];
    const client = start(page, manifest());
    client.on("error", ({ code }: { code: string }) => heard.push(code));
    const ctx = await client.track();
    expect(ctx.failedDelivery()).toBeDefined();
    expect(heard).toEqual(["invalid_call"]);
    expect(page.posts).toEqual([]);
  });

  test("a callback is called once, with the context, 300 ms after the call, and may throw", async () => {
    const client = start(page, manifest());
    const callback = vi.fn<(ctx: Context) => void>(() => {
      throw new Error("page's own");
    });
    const call = client.track("A", {}, {}, callback);
    await settled();
    expect(callback).not.toHaveBeenCalled();
    await page.pass(300);
    const ctx = await call;
    expect(callback.mock.calls).toEqual([[ctx]]);
  });

  test("listeners hear each call; once hears one, off none, and one that throws stops nobody", async () => {
    const client = start(page, manifest());
    const heard: unknown[] = [];
    const gone = () => heard.push("gone");
    client.on("track", () => {
      throw new Error("listener");
    });
    client.on("track", (name: string, properties: unknown) => heard.push([name, properties]));
    client.once("track", () => heard.push("once"));
    client.on("track", gone).off("track", gone);
    await client.track("A", { a: 1 });
    await client.track("B");
    expect(heard).toEqual([["A", { a: 1 }], "once", ["B", {}]]);
  });

  test("ready calls back when every destination is ready or has failed, and not before", async () => {
    const client = start(page, manifest({ name: "One" }, { name: "Two" }));
    const callback = vi.fn();
    void client.ready(callback);
    await arrive("OneDestination", () => recorder("One").plugin);
    expect(callback).not.toHaveBeenCalled();
    await fail("Two");
    expect(callback).toHaveBeenCalledTimes(1);
  });

  test.each<[string, object, string[]]>([
    ["no options", {}, ["Shop", "Other"]],
    ["All false", { All: false }, []],
    ["All false, one by creation name", { All: false, One: true }, ["Shop"]],
    ["one off by creation name", { One: false }, ["Other"]],
    ["one off by plugin name", { "One Plugin": false }, ["Other"]],
    ["one off by its own name", { Shop: false }, ["Other"]],
    ["an object means on", { All: false, One: { session: 1 } }, ["Shop"]],
    ["another case is another name", { one: false }, ["Shop", "Other"]],
    ["an alternative name", { All: false, "Old One": true }, ["Shop"]],
  ])("an event's integrations choose its destinations: %s", async (_name, integrations, reached) => {
    const one = recorder("One Plugin", { alternativeNames: ["Old One"] });
    const two = recorder("Two Plugin");
    const client = start(
      page,
      manifest(
        { name: "Shop", creationName: "One", libraryName: "ShopDestination" },
        { name: "Other", creationName: "Two" },
      ),
    );
    await arrive("ShopDestination", () => one.plugin);
    await arrive("OtherDestination", () => two.plugin);
    await client.track("A", {}, { integrations });
    expect([one.calls.length > 0 && "Shop", two.calls.length > 0 && "Other"].filter(Boolean)).toEqual(reached);
  });

  test("register adds the page's own plugins, of every type", async () => {
    const client = start(page, manifest());
    const own = recorder("Own");
    const before = recorder("Before", {
      type: "before",
      track: (ctx: Context) => {
        if (ctx.event.event === "Secret") ctx.cancel();
        ctx.updateEvent("properties.seen", true);
      },
    });
    const after = vi.fn();
    await client.register(own.plugin, before.plugin, recorder("After", { type: "after", track: after }).plugin, {
      name: "Broken",
    });
    await client.track("Secret");
    await client.track("A");
    expect(own.calls.map(({ event }) => [event.event, event.properties])).toEqual([["A", { seen: true }]]);
    expect(page.sent("t").map(({ event, properties }) => [event, properties])).toEqual([["A", { seen: true }]]);
    expect(after).toHaveBeenCalledTimes(1);
  });

  test("i37 an enrichment that never answers delays an event by a second and no more", async () => {
    const client = start(page, manifest());
    await client.register(recorder("Stuck", { type: "enrichment", track: () => new Promise(() => undefined) }).plugin);
    const call = client.track("A");
    await settled();
    expect(page.posts).toEqual([]);
    await page.pass(1_000);
    await call;
    expect(page.sent("t")).toHaveLength(1);
  });

  test("plugins get the client and a context that keeps the remote plugin contract", async () => {
    const seen: unknown[] = [];
    const client = start(page, manifest({ name: "One" }));
    await arrive(
      "OneDestination",
      () =>
        recorder("One", {
          load: (ctx: Context, given: unknown) => {
            seen.push(given === client, typeof ctx.id);
          },
          track: (ctx: Context) => {
            ctx.updateEvent("properties.deep.path", 1);
            ctx.updateEvent("__proto__.polluted", 1);
            ctx.updateEvent("integrations.Off.x", 1);
            ctx.log("debug", "seen");
            seen.push(
              ctx.event.properties,
              ctx.event.integrations,
              ctx.logs().length,
              ctx.isSame(ctx.fork()),
              ctx.event.timestamp instanceof Date,
            );
          },
        }).plugin,
    );
    await client.track("A", {}, { integrations: { Off: false } });
    expect(seen).toEqual([true, "string", { deep: { path: 1 } }, { Off: false }, 1, true, true]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test("what a plugin changes in an event does not change the page's own objects", async () => {
    const client = start(page, manifest());
    const change = (ctx: Context) => ctx.updateEvent("properties.list.0", "changed");
    await client.register(recorder("Changes", { type: "enrichment", track: change }).plugin);
    const properties = { list: ["own"] };
    await client.track("A", properties);
    expect(page.sent("t")[0]?.properties).toEqual({ list: ["changed"] });
    expect(properties).toEqual({ list: ["own"] });
  });

  test("what the page changes after a call does not change the event", async () => {
    const client = start(page, manifest({ name: "One" }));
    const properties = { list: [{ n: 1 }] };
    const call = client.track("A", properties);
    properties.list[0] = { n: 2 };
    const { plugin, calls } = recorder("One");
    await arrive("OneDestination", () => plugin);
    await call;
    expect(calls[0]?.event.properties).toEqual({ list: [{ n: 1 }] });
  });

  test("nothing that a page passes comes back as an exception", async () => {
    const client = start(page, manifest({ name: "One" }));
    const refuse = () => {
      throw new Error("not to be told");
    };
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    const calls: [unknown[], unknown][] = [
      [["A", circular], "too deep, or contains itself"],
      [["B", { toJSON: refuse }], "not to be told"],
      [["C", {}, { context: { page: circular } }], "too deep, or contains itself"],
    ];
    for (const [args, reason] of calls) {
      const ctx = await client.track(...args);
      expect(ctx.failedDelivery()).toMatchObject({ reason });
    }
    await client.track("After");
    expect(page.sent("t").map(({ event }) => event)).toEqual(["After"]);
  });

  test("the group is given out by a call that the snippet buffered, too, and no event is sent", async () => {
    const client = start(page, manifest());
    const bpc = { __t: "bpc", c: undefined, p: "/", u: "https://shop.example/", s: "", t: "", r: "" };
    expect((client.group(bpc) as { id: () => unknown }).id()).toBeNull();
    await settled();
    expect(page.posts).toEqual([]);
  });

  test("a page that may not use cookies or storage is served all the same", async () => {
    const refuse = () => {
      throw new DOMException("sandboxed", "SecurityError");
    };
    const cookie = vi.spyOn(document, "cookie", "get").mockImplementation(refuse);
    const storage = vi.spyOn(window, "localStorage", "get").mockImplementation(refuse);
    const client = start(page, manifest());
    await client.identify("u1");
    await client.track("A");
    expect(page.sent("t")[0]).toMatchObject({ event: "A", userId: "u1" });
    cookie.mockRestore();
    storage.mockRestore();
  });

  test("push takes a buffered call and nothing else", async () => {
    const client = start(page, manifest());
    for (const call of [
      ["track", "A"],
      ["toString"],
      ["__defineGetter__", "track", () => undefined],
      ["__proto__"],
      ["settings"],
      "text",
      null,
      [],
      [() => undefined],
    ])
      client.push(call);
    await settled();
    expect(page.sent("t").map(({ event }) => event)).toEqual(["A"]);
    expect(globals.analytics).toBe(client);
  });
});
