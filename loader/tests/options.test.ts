import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Client } from "../src/client-api";
import { buffered, freshPage, globals, inserted, manifest, settled, start, type FakePage } from "./harness";

let page: FakePage;

beforeEach(() => {
  page = freshPage();
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
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
