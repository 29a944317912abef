import { AnalyticsBrowser } from "@segment/analytics-next";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { boot } from "../../src/boot";
import type { Dictionary } from "../../src/objects";
import { freshPage, manifest, settled } from "../harness";

/** The public methods that both clients have, as the script below uses them. */
type Api = Record<string, (...args: unknown[]) => unknown>;

type Step = (api: Api) => unknown;

/** Calls whose payloads both clients are compared in: every method, every form of its arguments. */
const SCRIPT: readonly Step[] = [
  (api) => api.page?.(),
  (api) => api.page?.("Pricing"),
  (api) => api.page?.("Docs", "Intro", { depth: 2 }),
  (api) => api.page?.({ title: "Mine", path: "/mine", extra: 1 }),
  (api) => api.page?.("Cat", "Name", { a: 1 }, { context: { ip: "0.0.0.0" } }),
  (api) => api.page?.(null, "Only name"),
  (api) => api.page?.("Named", { a: 1 }, { integrations: { X: false } }),
  (api) => api.track?.("Plain"),
  (api) => api.track?.("With", { price: 9.5, list: [1, { b: 2 }], nested: { when: "soon" } }),
  (api) =>
    api.track?.(
      "Options",
      { a: 1 },
      { integrations: { All: false, Y: { session: 1 } }, custom: "x", context: { traits: { plan: "pro" } } },
    ),
  (api) => api.track?.("Overrides", {}, { timestamp: new Date(0), messageId: "own-id", userId: "other" }),
  (api) => api.track?.({ event: "Whole", properties: { z: 1 } }, { integrations: { Z: true } }),
  (api) => api.track?.("Properties that are text", "nonsense"),
  (api) => api.track?.("Own page", {}, { context: { page: { title: "Given" }, campaign: { name: "given" } } }),
  (api) => api.identify?.({ before: true }),
  (api) => api.identify?.("u1", { email: "a@b.example" }),
  (api) => api.track?.("After identify"),
  (api) => api.identify?.("u1", { plan: "pro" }, { integrations: { Q: false } }),
  (api) => api.identify?.(42),
  (api) => api.identify?.(null, { age: 3 }),
  (api) => api.group?.("g1", { name: "Group" }),
  (api) => api.group?.({ size: 3 }),
  (api) => api.group?.("g2"),
  (api) => api.alias?.("new-id"),
  (api) => api.alias?.("newer-id", "old-id"),
  (api) => api.alias?.(7, 8, { integrations: { R: false } }),
  (api) => api.screen?.("Home"),
  (api) => api.screen?.("Section", "Home", { a: 1 }),
  (api) => api.setAnonymousId?.("anon-set"),
  (api) => api.track?.("After setAnonymousId"),
  (api) => api.track?.("Anonymous in options", {}, { anonymousId: "anon-option" }),
  (api) => api.reset?.(),
  (api) => api.track?.("After reset"),
  (api) => api.identify?.("u9", { a: 1 }),
];

const SETTINGS = {
  ...manifest(),
  integrations: {
    "Segment.io": {
      apiKey: "wk_1",
      apiHost: "t.shop.example/v1",
      protocol: "https",
      addBundledMetadata: true,
      unbundledIntegrations: ["Warehouse Mail", "Amplitude"],
      maybeBundledConfigIds: { "Segment.io": ["c1"] },
    },
  },
};

/** Ids, times and library name are each client's own. */
function normalized(body: Dictionary): Dictionary {
  const ids = new Set(["anon-set", "anon-option"]);
  const { messageId, timestamp, sentAt, context, ...rest } = body;
  return {
    ...rest,
    anonymousId: ids.has(String(rest.anonymousId)) ? rest.anonymousId : typeof rest.anonymousId,
    ...("previousId" in rest && {
      previousId: String(rest.previousId).includes("-4") ? "an anonymous id" : rest.previousId,
    }),
    messageId: messageId === "own-id" ? messageId : typeof messageId,
    timestamp: timestamp === new Date(0).toISOString() ? timestamp : typeof timestamp,
    sentAt: typeof sentAt,
    context: { ...(context as Dictionary), library: "normalized" },
  };
}

async function run(start: (posts: Dictionary[]) => Promise<Api>): Promise<Dictionary[]> {
  freshPage();
  const posts: Dictionary[] = [];
  const api = await start(posts);
  let expected = 0;
  for (const step of SCRIPT) {
    const result = step(api);
    if (!(result instanceof Promise)) continue;
    expected += 1;
    // One at a time: only the content is compared here, not the order in which two clients post.
    await vi.waitFor(
      () => {
        expect(posts).toHaveLength(expected);
      },
      { timeout: 5_000, interval: 2 },
    );
  }
  return posts;
}

describe("payloads to the collector", () => {
  let official: Dictionary[] = [];
  let ours: Dictionary[] = [];

  beforeAll(async () => {
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const record = (posts: Dictionary[]) =>
      vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
        posts.push({ url, ...(JSON.parse(init.body as string) as Dictionary) });
        return Promise.resolve(new Response("{}", { status: 200 }));
      });
    official = await run(async (posts) => {
      record(posts);
      const [client]: unknown[] = await AnalyticsBrowser.load({ writeKey: "wk_1", cdnSettings: SETTINGS });
      return client as Api;
    });
    ours = await run(async (posts) => {
      record(posts);
      const page = freshPage();
      boot({
        env: { ...page.env, fetch: (url, init) => fetch(url, init) },
        inlined: { writeKey: "wk_1", cdn: "https://edge.example", settings: SETTINGS },
      });
      await settled();
      return (window as unknown as { analytics: Api }).analytics;
    });
  }, 60_000);

  test("both clients post as many events", () => {
    expect(official).toHaveLength(32);
    expect(ours).toHaveLength(32);
  });

  const posting = SCRIPT.map((step) => String(step).replace(/\s+/g, " ")).filter(
    (text) => !/api\.(setAnonymousId|reset)\b/.test(text),
  );

  test.each(posting.map((text, index) => [text.slice(0, 100), index] as const))(
    "the official client posts the same for %s",
    (_text, index) => {
      const [mine, theirs] = [ours[index], official[index]];
      if (!mine || !theirs) throw new Error("nothing was posted");
      expect(normalized(mine)).toEqual(normalized(theirs));
    },
  );
});
