import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
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

/** Milliseconds: how long a browser reads a cookie that it is asked for by `cookieStore`, and how often events come. */
const READING = 10;
const PACE = 1;
/** Events that come: for longer than the SDK's start takes. */
const STEPS = 100;
const SDK = "node_modules/@amplitude/analytics-browser/lib/scripts/amplitude-min.js";

/** Plays Amplitude's API, and gives what it was sent: an event a line. */
function collected(): Set<string> {
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
  return sent;
}

/** Lets the SDK arrive. */
function comes(): void {
  (window as unknown as { eval: (code: string) => void }).eval(readFileSync(SDK, "utf8"));
  arrived();
}

/** Lets so many milliseconds pass. */
async function after(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

const QUIET = { trackUtmProperties: false, trackReferrer: false };

describe("Amplitude", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  test("the real SDK takes the waiting calls and all later ones, each destination's its own", async () => {
    const sent = collected();
    const one = await loaded(factory({ apiKey: "k1", ...QUIET }), host({ id: "u1" }));
    const two = await loaded(factory({ apiKey: "k2", ...QUIET }));
    await give(one, "track", { event: "Before" });
    await give(one, "identify", { userId: "u1", traits: { plan: "pro" } });
    comes();
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
  }, 15_000);

  test("an event that comes at any step of the SDK's start is sent", async () => {
    vi.stubGlobal("cookieStore", { getAll: () => after(READING).then(() => []) });
    const sent = collected();
    const plugin = await loaded(factory({ apiKey: "k1" }));
    comes();
    const names = [...Array(STEPS).keys()].map((step) => `Step-${String(step)}`);
    const giving = [];
    for (const name of names) {
      giving.push(give(plugin, "track", { event: name, messageId: name }));
      await after(PACE);
    }
    await Promise.all(giving);
    await vi.waitFor(
      () => {
        const arrived = new Set([...sent].map((line) => line.split(" ")[2]));
        expect(names.filter((name) => !arrived.has(name))).toEqual([]);
      },
      { timeout: 8_000 },
    );
  }, 15_000);
});
