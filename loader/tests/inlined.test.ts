import { beforeEach, describe, expect, test } from "vitest";
import { buffered, freshPage, globals, inserted, manifest, recorder, settled, start, type FakePage } from "./harness";

let page: FakePage;

beforeEach(() => {
  page = freshPage();
});

describe("destinations' code in the loader's own file", () => {
  test("runs without a script of its own, and what others set the same global to later is not taken", async () => {
    const ours = recorder("Alpha");
    const settings = manifest({ name: "Alpha" });
    const client = start(page, settings, { inlined: { "https://edge.example/Alpha.js": () => ours.plugin } });
    globals.AlphaDestination = () => {
      throw new Error("another source's");
    };
    await client.track("Paid");
    await settled();
    expect(inserted()).toEqual([]);
    expect(ours.calls.map(({ event }) => event.event)).toEqual(["Paid"]);
  });

  test("every destination of one definition has a plugin of its own, with its own settings", async () => {
    const given: unknown[] = [];
    const url = "https://edge.example/shared.js";
    const settings = manifest(
      { name: "One", url, settings: { id: 1 } },
      { name: "Two", url, settings: { id: 2 }, libraryName: "OneDestination" },
    );
    const factory = (its: unknown) => {
      given.push(its);
      return recorder("Alpha").plugin;
    };
    start(page, settings, { inlined: { [url]: factory } });
    await settled();
    expect(given).toEqual([{ id: 1 }, { id: 2 }]);
  });

  test("code that is not there is loaded from its address", () => {
    start(page, manifest({ name: "Alpha" }, { name: "Beta" }), {
      inlined: { "https://edge.example/Beta.js": () => recorder("Beta").plugin },
    });
    expect(inserted().map(({ src }) => src)).toEqual(["https://edge.example/Alpha.js"]);
  });

  test("a factory that throws fails its destination, not the others", async () => {
    const good = recorder("Beta");
    const client = start(page, manifest({ name: "Alpha" }, { name: "Beta" }), {
      inlined: {
        "https://edge.example/Alpha.js": () => {
          throw new Error("broken");
        },
        "https://edge.example/Beta.js": () => good.plugin,
      },
    });
    await client.track("Paid");
    await settled();
    expect(good.calls).toHaveLength(1);
  });

  test("has the calls that waited for it before they are posted, though it takes its turns to become ready", async () => {
    const order: string[] = [];
    page.collector = () => {
      order.push("collector");
      return 200;
    };
    const load = async (): Promise<void> => {
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    };
    const { plugin } = recorder("Alpha", { load, page: () => order.push("Alpha") });
    buffered("wk_1", [["page"]]);
    start(page, manifest({ name: "Alpha" }), { inlined: { "https://edge.example/Alpha.js": () => plugin } });
    await settled();
    expect(order).toEqual(["Alpha", "collector"]);
  });

  test("is not waited for by the global: right after `initialize` it is the client", async () => {
    const seen: unknown[] = [];
    const look = (): void => {
      const { analytics } = window as unknown as { analytics: { user?: unknown } };
      seen.push(typeof analytics.user);
    };
    const { plugin } = recorder("Alpha");
    buffered("wk_1", [["on", "initialize", () => { queueMicrotask(look); }], ["on", "destination_loaded", look], ["page"]]);
    start(page, manifest({ name: "Alpha" }), { inlined: { "https://edge.example/Alpha.js": () => plugin } });
    await settled();
    expect(seen).toEqual(["function", "function"]);
  });

  test("i37 that never becomes ready holds nothing up: no clock has to move for the calls to be posted", async () => {
    const { plugin } = recorder("Alpha", { load: () => new Promise(() => undefined) });
    buffered("wk_1", [["page"]]);
    start(page, manifest({ name: "Alpha" }), { inlined: { "https://edge.example/Alpha.js": () => plugin } });
    await settled();
    expect(page.sent("p")).toHaveLength(1);
  });
});
