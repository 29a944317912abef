import { beforeEach, describe, expect, test, vi } from "vitest";
import { endpoint, options } from "../../destinations/braze/index";
import type { Host } from "../../destinations/shared/plugin";
import { Settings } from "../../destinations/shared/settings";
import type { Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import { freshPage, globals } from "../harness";
import { give, host, loaded, scripts } from "./harness";

let factory: (settings: Dictionary) => Plugin<Host>;

beforeEach(async () => {
  freshPage();
  vi.resetModules();
  ({ default: factory } = await import("../../destinations/braze/index"));
});

/** An SDK that writes down what it is told; `getUser` gives one that does the same. */
function sdk(): { readonly calls: unknown[][] } {
  const calls: unknown[][] = [];
  const telling = (more: Dictionary): unknown =>
    new Proxy(more, {
      get: (target, name: string) =>
        target[name] ??
        ((...args: unknown[]) => {
          calls.push([name, ...args]);
          return true;
        }),
    });
  const user = telling({});
  globals.braze = telling({ getUser: () => user });
  return { calls };
}

const SETTINGS = { apiKey: "k1", datacenter: "us03", automaticallyDisplayMessages: false };
const OPTIONS = {
  baseUrl: "sdk.iad-03.braze.com",
  sessionTimeoutInSeconds: 30,
  minimumIntervalBetweenTriggerActionsInSeconds: 30,
};

describe("Braze", () => {
  test("asks for the SDK, and makes the calls that waited when it is there", async () => {
    const plugin = await loaded(factory(SETTINGS), host({ id: "u0" }));
    await give(plugin, "track", { event: "A", properties: { a: 1 } });
    expect(scripts().map(({ src }) => src)).toEqual(["https://js.appboycdn.com/web-sdk/6.13/braze.no-amd.min.js"]);
    const { calls } = sdk();
    await give(plugin, "group", { groupId: "g1" });
    expect(calls).toEqual([
      ["initialize", "k1", OPTIONS],
      ["changeUser", "u0"],
      ["openSession"],
      ["logCustomEvent", "A", { a: 1 }],
      ["setCustomUserAttribute", "ab_segment_group_g1", true],
    ]);
  });

  test.each([
    ["us", "sdk.iad-01.braze.com"],
    ["us08", "sdk.iad-08.braze.com"],
    ["eu", "sdk.fra-01.braze.eu"],
    ["eu02", "sdk.fra-02.braze.eu"],
  ])("finds the instance %s", (instance, host_) => {
    expect(endpoint(instance)).toBe(host_);
  });

  test("takes the endpoint that Braze assigned", () => {
    expect(options(new Settings({ datacenter: "us", customEndpoint: "sdk.own.example" })).baseUrl).toBe(
      "sdk.own.example",
    );
  });

  test("writes traits to the profile under Braze's fields", async () => {
    const { calls } = sdk();
    const plugin = await loaded(factory(SETTINGS));
    const traits = { email: "e", firstName: "F", gender: "Female", birthday: "2001-02-03", address: { city: "C" }, x: 1 };
    await give(plugin, "identify", { userId: "u1", traits });
    expect(calls.slice(2)).toEqual([
      ["changeUser", "u1"],
      ["setEmail", "e"],
      ["setFirstName", "F"],
      ["setHomeCity", "C"],
      ["setGender", "f"],
      ["setDateOfBirth", 2001, 2, 3],
      ["setCustomUserAttribute", "x", 1],
    ]);
  });

  test("sends nothing of unknown visitors where the settings say so", async () => {
    const { calls } = sdk();
    const plugin = await loaded(factory({ ...SETTINGS, onlyTrackKnownUsersOnWeb: true }));
    await give(plugin, "track", { event: "A" });
    expect(calls).toEqual([]);
    await give(plugin, "identify", { userId: "u1" });
    expect(calls.map(([name]) => name)).toEqual(["initialize", "changeUser", "openSession", "changeUser"]);
  });

  test("records orders by product, and revenue where the settings say so", async () => {
    const { calls } = sdk();
    const plugin = await loaded(factory({ ...SETTINGS, logPurchaseWhenRevenuePresent: true, trackNamedPages: true }));
    const products = [{ product_id: "p", price: 5, quantity: 2 }, { sku: "s" }];
    await give(plugin, "track", { event: "Order Completed", properties: { order_id: "o", currency: "EUR", products } });
    await give(plugin, "track", { event: "Paid", properties: { revenue: 3 } });
    await give(plugin, "page", { name: "Home" });
    expect(calls.slice(2)).toEqual([
      ["logPurchase", "p", 5, "EUR", 2, { order_id: "o", currency: "EUR" }],
      ["logPurchase", "Paid", 3, "USD", 1, { revenue: 3 }],
      ["logCustomEvent", "Viewed Home Page", {}],
    ]);
  });

  test("a second app is refused, since a page has one", async () => {
    await loaded(factory(SETTINGS));
    await expect(loaded(factory({ ...SETTINGS, apiKey: "k2" }))).rejects.toThrow("this page has k1 already");
  });
});
