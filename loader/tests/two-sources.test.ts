import { beforeEach, describe, expect, test, vi } from "vitest";
import {
  arrive,
  buffered,
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

let page: FakePage;

beforeEach(() => {
  page = freshPage();
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
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
