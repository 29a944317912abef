import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Host } from "../../destinations/shared/plugin";
import type { Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import { freshPage } from "../harness";
import { arrived, give, host, loaded } from "../destinations/harness";

let factory: (settings: Dictionary) => Plugin<Host>;

beforeEach(async () => {
  freshPage();
  vi.resetModules();
  ({ default: factory } = await import("../../destinations/amplitude/index"));
});

const SDK = "node_modules/@amplitude/analytics-browser/lib/scripts/amplitude-min.js";

describe("Amplitude", () => {
  test("the real SDK takes the waiting calls and all later ones, each destination's its own", async () => {
    const sent = new Set<string>();
    vi.stubGlobal("fetch", (url: string, init?: { body?: string }) => {
      const body = JSON.parse(init?.body ?? "{}") as {
        api_key?: string;
        events?: { event_type: string; user_id?: string; user_properties?: object }[];
      };
      for (const event of body.events ?? [])
        sent.add(
          [
            new URL(url).host,
            body.api_key,
            event.event_type,
            event.user_id ?? "",
            JSON.stringify(event.user_properties ?? ""),
          ].join(" "),
        );
      return Promise.resolve(
        new Response(JSON.stringify({ code: 200, events_ingested: 1, payload_size_bytes: 1, server_upload_time: 1 })),
      );
    });
    const one = await loaded(
      factory({ apiKey: "k1", trackUtmProperties: false, trackReferrer: false }),
      host({ id: "u1" }),
    );
    const two = await loaded(factory({ apiKey: "k2", trackUtmProperties: false, trackReferrer: false }));
    await give(one, "track", { event: "Before" });
    await give(one, "identify", { userId: "u1", traits: { plan: "pro" } });
    (window as unknown as { eval: (code: string) => void }).eval(readFileSync(SDK, "utf8"));
    arrived();
    await give(one, "track", { event: "After" });
    await give(two, "track", { event: "Other" });
    await vi.waitFor(
      () => {
        expect([...sent].filter((line) => !line.includes("[Amplitude]")).sort()).toEqual([
          'api2.amplitude.com k1 $identify u1 {"$set":{"plan":"pro"}}',
          'api2.amplitude.com k1 After u1 ""',
          'api2.amplitude.com k1 Before u1 ""',
          'api2.amplitude.com k2 Other  ""',
        ]);
      },
      { timeout: 8_000 },
    );
    vi.unstubAllGlobals();
  }, 15_000);
});
