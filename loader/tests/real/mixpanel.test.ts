import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Host } from "../../destinations/shared/plugin";
import type { Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import { freshPage, globals } from "../harness";
import { give, host, loaded } from "../destinations/harness";

let factory: (settings: Dictionary) => Plugin<Host>;

beforeEach(async () => {
  freshPage();
  vi.resetModules();
  ({ default: factory } = await import("../../destinations/mixpanel/index"));
});

describe("Mixpanel", () => {
  test("the real library takes the waiting calls and all later ones, each destination's its own", async () => {
    const sent = new Set<string>();
    const beacon = (url: string, body: string): boolean => {
      if (!url.includes("/track")) return true;
      const events = JSON.parse(new URLSearchParams(body).get("data") ?? "[]") as {
        event: string;
        properties: Dictionary;
      }[];
      for (const { event, properties } of events) sent.add([new URL(url).host, properties.token, event].join(" "));
      return true;
    };
    vi.stubGlobal(
      "XMLHttpRequest",
      class {
        withCredentials = false;
      },
    );
    Object.defineProperty(navigator, "sendBeacon", { value: beacon, configurable: true });
    const one = await loaded(factory({ token: "t1" }), host({ id: "u1" }));
    const two = await loaded(factory({ token: "t2", enableEuropeanUnionEndpoint: true }));
    await give(one, "track", { event: "Before" });
    (window as unknown as { eval: (code: string) => void }).eval(
      readFileSync("node_modules/mixpanel-browser/dist/mixpanel.min.js", "utf8"),
    );
    await give(one, "track", { event: "After" });
    await give(two, "track", { event: "Other" });
    const real = (globals.mixpanel as Record<string, { get_distinct_id: () => string }>).edgewise_t1;
    expect(real?.get_distinct_id()).toBe("u1");
    await vi.waitFor(() => {
      // The library hands over what it holds when the page goes.
      window.dispatchEvent(Object.assign(new Event("pagehide"), { persisted: true }));
      expect([...sent].sort()).toEqual([
        "api-eu.mixpanel.com t2 Other",
        "api-js.mixpanel.com t1 $identify",
        "api-js.mixpanel.com t1 After",
        "api-js.mixpanel.com t1 Before",
      ]);
    });
    Reflect.deleteProperty(navigator, "sendBeacon");
    vi.unstubAllGlobals();
  });
});
