import { createRequire } from "node:module";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { fullStory } from "../../destinations/fullstory/vendor";
import { freshPage, globals } from "../harness";

const { initFS } = createRequire(import.meta.url)("@fullstory/snippet") as {
  initFS: (options: { orgId: string; namespace: string; recordCrossDomainIFrames: boolean }) => void;
};

interface Queued {
  (operation: string, options?: object, source?: string): unknown;
  readonly q: unknown[][];
}

beforeEach(() => {
  freshPage();
  vi.stubGlobal("fetch", vi.fn());
});

describe("FullStory", () => {
  test("what waits for the script has the form of FullStory's own snippet", () => {
    initFS({ orgId: "o1", namespace: "FSOfficial", recordCrossDomainIFrames: false });
    const official = globals.FSOfficial as Queued & { trackEvent?: unknown; event: (...args: unknown[]) => void };
    const first = official.q.length;
    official.event("A", { a: 1 }, "edgewise");

    fullStory("o1", { debug: false, outer: false });
    const own = globals.FS as Queued;
    own("trackEvent", { name: "A", properties: { a: 1 } }, "edgewise");
    const plain = (call: unknown[] | undefined) => call?.slice(0, 3);
    expect(plain(own.q[0])).toEqual(plain(official.q[first]));
    expect(own.q[0]).toHaveLength(official.q[first]?.length ?? 0);
    Reflect.deleteProperty(globals, "FSOfficial");
  });
});
