import { beforeEach, describe, expect, test, vi } from "vitest";
import { company, metadata, person, seconds } from "../../destinations/intercom/person";
import type { Host } from "../../destinations/shared/plugin";
import type { Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import { freshPage, globals } from "../harness";
import { give, host, loaded, scripts } from "./harness";

let factory: (settings: Dictionary) => Plugin<Host>;

beforeEach(async () => {
  freshPage();
  vi.resetModules();
  ({ default: factory } = await import("../../destinations/intercom/index"));
});

const calls = (): unknown[] => (globals.Intercom as { q: ArrayLike<unknown>[] }).q.map((call) => Array.from(call));

describe("Intercom", () => {
  test("asks for the messenger of its workspace and starts it with what is known of the visitor", async () => {
    const settings = { appId: "a1", apiBase: "https://api-iam.eu.intercom.io", activator: "#help" };
    await loaded(factory(settings), host({ id: "u1", traits: { email: "a@b.example" } }));
    expect(scripts().map(({ src }) => src)).toEqual(["https://widget.intercom.io/widget/a1"]);
    expect(calls()).toEqual([
      [
        "boot",
        {
          app_id: "a1",
          api_base: "https://api-iam.eu.intercom.io",
          custom_launcher_selector: "#help",
          user_id: "u1",
          email: "a@b.example",
        },
      ],
    ]);
  });

  test("tells nothing of a visitor who is not known, and leaves Intercom's own button", async () => {
    await loaded(factory({ appId: "a1", activator: "#IntercomDefaultWidget" }), host({ traits: { plan: "pro" } }));
    expect(calls()).toEqual([["boot", { app_id: "a1" }]]);
  });

  test("keeps calls until the messenger comes, in its queue's form", async () => {
    const plugin = await loaded(factory({ appId: "a1" }));
    await give(plugin, "identify", {
      userId: "u1",
      traits: { firstName: "Ann", lastName: "Lee", plan: "pro", deep: { x: 1 } },
      integrations: { Intercom: { user_hash: "h" } },
    });
    await give(plugin, "group", { groupId: "g1", traits: { name: "Acme", employees: 5, region: "EU" } });
    await give(plugin, "page");
    await give(plugin, "track", { event: "A", properties: { revenue: "9.5", currency: "EUR", x: 1, list: [1] } });
    expect(calls().slice(1)).toEqual([
      ["update", { user_id: "u1", name: "Ann Lee", plan: "pro", user_hash: "h" }],
      ["update", { company: { company_id: "g1", name: "Acme", size: 5, region: "EU" } }],
      ["update"],
      ["trackEvent", "A", { x: 1, price: { amount: 950, currency: "EUR" } }],
    ]);
    for (const call of (globals.Intercom as { q: unknown[] }).q)
      expect(Object.prototype.toString.call(call)).toBe("[object Arguments]");
  });

  test("takes points in time in each of their forms", () => {
    expect([new Date(5_000), "1970-01-01T00:00:05Z", 5, 1_700_000_000_000, "soon"].map(seconds)).toEqual([
      5, 5, 5, 1_700_000_000, undefined,
    ]);
    expect(person("u", { createdAt: "1970-01-01T00:00:05Z", avatar: "i.png", company: { id: 7 } })).toEqual({
      user_id: "u",
      created_at: 5,
      avatar: { type: "avatar", image_url: "i.png" },
      company: { company_id: "7" },
    });
    expect(company(undefined, { name: "Acme" })).toBeUndefined();
    expect(metadata({ revenue: 1 })).toEqual({ price: { amount: 100, currency: "usd" } });
  });

  test("a second workspace is refused, the page's own too, since a page has one messenger", async () => {
    await loaded(factory({ appId: "a1" }));
    await expect(loaded(factory({ appId: "a2" }))).rejects.toThrow("this page has a1 already");
    freshPage();
    globals.intercomSettings = { app_id: "theirs" };
    await expect(loaded(factory({ appId: "a1" }))).rejects.toThrow("this page has theirs already");
  });

  test("without an app ID it cannot start, and says which setting is missing", () => {
    expect(() => factory({})).toThrow("setting appId is missing");
  });
});
