import { beforeEach, describe, expect, test, vi } from "vitest";
import { buffered, freshPage, inserted, manifest, settled, start, type FakePage } from "./harness";

let page: FakePage;

beforeEach(() => {
  page = freshPage();
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
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
    "i21 i37 %s: events still go to this edge's sink, and the outcome says why",
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
      // The next page: a new window with the storage of this one.
      Reflect.deleteProperty(window, "analytics");
      start(page, manifest({ name: "One" }));
      expect(inserted()).toHaveLength(1);
    },
  );

  test.each([
    ["without", undefined, "undefined"],
    ["with an empty", "", ""],
  ])("i21 an entry %s name is told like any that failed", async (_how, creationName, told) => {
    const nameless = { name: "One", creationName, url: "https://edge.example/one.js", libraryName: "one", settings: {} };
    const client = start(page, { integrations: { "Segment.io": {} }, remotePlugins: [nameless] });
    await client.track("A");
    expect(page.sent("t")[0]).toMatchObject({ _metadata: { failedInitializations: [told] } });
  });

  test("i21 a usable manifest without destinations is not a failure", () => {
    expect(start(page, manifest()).manifest.ok).toBe(true);
  });

  test("i21 a manifest without API host sends to this edge's sink and to nobody else", async () => {
    const client = start(page, { integrations: {} });
    await client.track("A");
    expect(page.posts.map(({ url }) => url)).toEqual(["https://edge.example/v1/t"]);
  });
});
