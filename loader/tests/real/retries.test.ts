import { AnalyticsBrowser } from "@segment/analytics-next";
import { expect, test, vi } from "vitest";
import type { Dictionary } from "../../src/objects";
import { manifest } from "../harness";

const INTEGRATION = { apiKey: "wk_1", apiHost: "t.shop.example/v1", protocol: "https", addBundledMetadata: true };

/** The bodies of the official client's first posts of one event, to a collector that fails twice. */
async function officialPosts(settings: Dictionary): Promise<Dictionary[]> {
  const bodies: Dictionary[] = [];
  vi.stubGlobal("fetch", (_url: string, init: RequestInit) => {
    bodies.push(JSON.parse(init.body as string) as Dictionary);
    return Promise.resolve(new Response("", { status: bodies.length > 2 ? 200 : 500 }));
  });
  const cdnSettings = { ...manifest(), integrations: { "Segment.io": { ...INTEGRATION, ...settings } } };
  const [client] = await AnalyticsBrowser.load({ writeKey: "wk_1", cdnSettings }, { disableClientPersistence: true });
  void client.track("A");
  await vi.waitFor(() => {
    expect(bodies).toHaveLength(3);
  }, 15_000);
  return bodies;
}

test("the official client counts tries from 2 in single posts and from 1 in batches, as ours does", { timeout: 40_000 }, async () => {
  const counts = (await officialPosts({})).map(({ _metadata }) => (_metadata as Dictionary).retryCount);
  expect(counts).toEqual([undefined, 2, 3]);
  const batches = await officialPosts({ deliveryStrategy: { strategy: "batching", config: { size: 1, timeout: 100 } } });
  expect(batches.map(({ batch }) => ((batch as Dictionary[])[0]?._metadata as Dictionary).retryCount)).toEqual([undefined, 1, 2]);
  expect(Object.keys(batches[0] ?? {}).sort()).toEqual(["batch", "sentAt", "writeKey"]);
  expect((batches[0]?.batch as Dictionary[])[0]).not.toHaveProperty("sentAt");
});
