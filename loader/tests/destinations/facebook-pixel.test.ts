import { createHash } from "node:crypto";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { pixelEvent } from "../../destinations/facebook-pixel/events";
import { advancedMatching, withoutPersonal } from "../../destinations/facebook-pixel/personal";
import type { Fbq } from "../../destinations/facebook-pixel/vendor";
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
  ({ default: factory } = await import("../../destinations/facebook-pixel/index"));
});

const queue = (): unknown[] => (globals.fbq as Fbq).queue;

describe("Meta Pixel", () => {
  test("asks for Meta's script once and starts the pixel after what governs its data", async () => {
    await loaded(factory({ pixelId: "1" }));
    await loaded(factory({ pixelId: "2", limitedDataUse: false, automaticConfiguration: false }));
    expect(scripts().map(({ src }) => src)).toEqual(["https://connect.facebook.net/en_US/fbevents.js"]);
    expect(queue()).toEqual([
      ["set", "autoConfig", true, "1"],
      ["dataProcessingOptions", ["LDU"], 0, 0],
      ["init", "1"],
      ["set", "autoConfig", false, "2"],
      ["dataProcessingOptions", [], 0, 0],
      ["init", "2"],
    ]);
    expect({ ...(globals.fbq as Fbq) }).toMatchObject({ loaded: true, version: "2.0", disablePushState: true });
    expect(globals._fbq).toBe(globals.fbq);
  });

  test("a pixel that may use data otherwise than the last one says so before each of its events", async () => {
    const one = await loaded(factory({ pixelId: "1" }));
    const two = await loaded(factory({ pixelId: "2", limitedDataUse: false }));
    const before = queue().length;
    for (const each of [one, one, two]) await give(each, "page");
    expect(queue().slice(before).map((call) => (call as unknown[]).slice(0, 2))).toEqual([
      ["dataProcessingOptions", ["LDU"]],
      ["trackSingle", "1"],
      ["trackSingle", "1"],
      ["dataProcessingOptions", []],
      ["trackSingle", "2"],
    ]);
  });

  test("sends every event to its own pixel, with the message's id against double counting", async () => {
    const one = await loaded(factory({ pixelId: "1" }));
    const two = await loaded(factory({ pixelId: "2" }));
    const before = queue().length;
    await give(one, "page");
    await give(two, "track", { event: "My Event", properties: { a: 1, email: "a@b.example" } });
    expect(queue().slice(before)).toEqual([
      ["trackSingle", "1", "PageView", {}, { eventID: "m-1" }],
      ["trackSingleCustom", "2", "My Event", { a: 1 }, { eventID: "m-1" }],
    ]);
  });

  test("calls go to Meta's script once it is there", async () => {
    const plugin = await loaded(factory({ pixelId: "1" }));
    const callMethod = vi.fn();
    (globals.fbq as Fbq).callMethod = callMethod;
    await give(plugin, "page");
    expect(callMethod).toHaveBeenCalledWith("trackSingle", "1", "PageView", {}, { eventID: "m-1" });
  });

  test("turns events of the Segment spec into standard events", () => {
    const settings = new Settings({});
    expect(
      pixelEvent(
        "Order Completed",
        { revenue: "20.005", currency: "EUR", products: [{ product_id: "p1", quantity: 2, price: 5 }, { sku: "s2" }] },
        settings,
      ),
    ).toEqual({
      method: "trackSingle",
      name: "Purchase",
      parameters: {
        content_ids: ["p1", "s2"],
        contents: [
          { id: "p1", quantity: 2, item_price: 5 },
          { id: "s2", quantity: 1 },
        ],
        content_type: "product",
        num_items: 3,
        currency: "EUR",
        value: 20.01,
      },
    });
    expect(
      pixelEvent("Product Viewed", { product_id: 7, name: "Cup", category: "Kitchen", price: 4, value: 3 }, settings)
        .parameters,
    ).toEqual({
      content_ids: ["7"],
      contents: [{ id: "7", quantity: 1, item_price: 4 }],
      content_type: "product",
      content_name: "Cup",
      content_category: "Kitchen",
      currency: "USD",
      value: 3,
    });
    expect(pixelEvent("Products Searched", { query: "cup" }, settings)).toEqual({
      method: "trackSingle",
      name: "Search",
      parameters: { search_string: "cup" },
    });
  });

  test("follows the destination's own mappings", () => {
    const settings = new Settings({
      standardEvents: { "Lead Sent": "Lead" },
      contentTypes: { Homes: "home_listing" },
      valueIdentifier: "price",
      standardEventsCustomProperties: ["colour"],
    });
    expect(pixelEvent("Lead Sent", { colour: "red", other: 1 }, settings)).toEqual({
      method: "trackSingle",
      name: "Lead",
      parameters: { colour: "red" },
    });
    expect(
      pixelEvent("Product Viewed", { product_id: "h1", category: "Homes", price: 4, value: 3 }, settings).parameters,
    ).toMatchObject({ content_type: "home_listing", value: 4 });
  });

  test("leaves out what tells who somebody is, unless the settings allow or hash it", async () => {
    const given = { email: "a@b.example", phone: "1", plan: "pro", secret: "s" };
    expect(await withoutPersonal(given, new Settings({}))).toEqual({ plan: "pro", secret: "s" });
    expect(
      await withoutPersonal(
        given,
        new Settings({
          whitelistPiiProperties: ["phone"],
          blacklistPiiProperties: [
            { propertyName: "secret", hashProperty: false },
            { propertyName: "email", hashProperty: true },
          ],
        }),
      ),
    ).toEqual({
      phone: "1",
      plan: "pro",
      email: createHash("sha256").update("a@b.example").digest("hex"),
    });
  });

  test("tells Meta who the visitor is only where the settings say so", () => {
    const person = {
      userId: "u1",
      anonymousId: "a1",
      traits: {
        email: " A@B.example ",
        name: "Ann Lee",
        phone: "+1 (2) 3",
        address: { city: "New York", postalCode: "1" },
        crm: 9,
      },
    };
    expect(advancedMatching(person, new Settings({}))).toBeUndefined();
    expect(advancedMatching(person, new Settings({ initWithExistingTraits: true }))).toEqual({
      em: "a@b.example",
      ph: "123",
      fn: "ann",
      ln: "lee",
      ct: "newyork",
      zp: "1",
    });
    expect(advancedMatching(person, new Settings({ userIdAsExternalId: true }))).toEqual({ external_id: "u1" });
    expect(advancedMatching({ ...person, userId: null }, new Settings({ userIdAsExternalId: true }))).toEqual({
      external_id: "a1",
    });
    expect(advancedMatching(person, new Settings({ keyForExternalId: "crm", userIdAsExternalId: true }))).toEqual({
      external_id: "9",
    });
  });

  test("starts the pixel with what is known of the visitor", async () => {
    await loaded(
      factory({ pixelId: "1", initWithExistingTraits: true }),
      host({ id: "u1", traits: { email: "a@b.example" } }),
    );
    expect(queue()[2]).toEqual(["init", "1", { em: "a@b.example" }]);
  });
});
