import { createRequire } from "node:module";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { replayOrder, takeCalls, type Stub } from "../../src/adopt";
import { settled } from "../harness";

const official = createRequire(import.meta.url);
type Flush = (analytics: object, buffer: object) => Promise<void> | undefined;

// The package exports only its client; its buffer is taken from the file that it is made of.
const buffers = official("@segment/analytics-next/dist/cjs/core/buffer") as Record<string, Flush> & {
  PreInitMethodCallBuffer: new () => object;
};
const { setVersionType } = official("@segment/analytics-next/dist/cjs/lib/version-type") as {
  setVersionType: (type: string) => void;
};

const METHODS = (
  "trackSubmit trackClick trackLink trackForm pageview identify reset group track ready alias debug page screen once off on " +
  "addSourceMiddleware addIntegrationMiddleware setAnonymousId register"
).split(" ");
const EVENTS = ["track", "screen", "alias", "group", "page", "identify"];

const bpc = fc.record({
  __t: fc.constant("bpc"),
  p: fc.string(),
  u: fc.webUrl(),
  s: fc.string(),
  t: fc.string(),
  r: fc.string(),
});
const call = fc
  .tuple(fc.constantFrom(...METHODS), fc.array(fc.oneof(fc.string(), fc.integer(), fc.object({ maxDepth: 1 })), { maxLength: 3 }), bpc)
  .map(([method, args, page]): unknown[] => [method, ...args, ...(EVENTS.includes(method) ? [page] : [])]);

/** What the official client calls, in its order (browser/index: before the plugins, after them, then the rest). */
async function theirs(calls: unknown[][]): Promise<unknown[][]> {
  const made: unknown[][] = [];
  const analytics = Object.fromEntries(METHODS.map((name) => [name, (...args: unknown[]) => void made.push([name, ...args])]));
  (window as unknown as Record<string, unknown>).analytics = [...calls];
  const buffer = new buffers.PreInitMethodCallBuffer();
  for (const step of ["flushSetAnonymousID", "flushOn", "flushRegister", "flushAddSourceMiddleware"]) {
    await buffers[step]?.(analytics, buffer);
  }
  void buffers.flushAnalyticsCallsInNewTask?.(analytics, buffer);
  await new Promise((resolve) => setTimeout(resolve));
  await settled();
  return made;
}

describe("the snippet's calls", () => {
  beforeAll(() => {
    setVersionType("web");
  });

  test("are replayed in the official client's order, with the same arguments", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 12 }), async (calls) => {
        const ours = replayOrder(takeCalls([...calls] as unknown as Stub)).flat();
        expect(ours).toEqual(await theirs(calls));
      }),
      { numRuns: 300 },
    );
  });
});
