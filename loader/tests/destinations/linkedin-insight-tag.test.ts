import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Host } from "../../destinations/shared/plugin";
import type { Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import { freshPage, globals } from "../harness";
import { give, loaded, scripts } from "./harness";

let factory: (settings: Dictionary) => Plugin<Host>;

beforeEach(async () => {
  freshPage();
  vi.resetModules();
  ({ default: factory } = await import("../../destinations/linkedin-insight-tag/index"));
});

const calls = (): unknown[] | undefined => (globals.lintrk as { q?: unknown[] }).q;

describe("LinkedIn Insight Tag", () => {
  test("puts every account where the script looks for it, and asks for the script once", async () => {
    await loaded(factory({ partnerId: "11" }));
    await loaded(factory({ partnerId: "22" }));
    await loaded(factory({ partnerId: "22" }));
    expect(globals._linkedin_data_partner_ids).toEqual(["11", "22"]);
    expect(globals._linkedin_partner_id).toBe("11");
    expect(scripts().map(({ src }) => src)).toEqual(["https://snap.licdn.com/li.lms-analytics/insight.min.js"]);
  });

  test("an account that comes after the script has read them is refused, not lost", async () => {
    await loaded(factory({ partnerId: "11" }));
    globals.lintrk = vi.fn();
    await expect(loaded(factory({ partnerId: "22" }))).rejects.toThrow(
      "LinkedIn's script has run for 11 and takes no other partner ID any more: put 22 on the page before it runs",
    );
    expect(globals._linkedin_data_partner_ids).toEqual(["11"]);
  });

  test("reports the conversions that its settings name, under the message's id, and no other event", async () => {
    const plugin = await loaded(factory({ partnerId: "11", conversions: { "Order Completed": "987" } }));
    await give(plugin, "track", { event: "Order Completed", properties: { email: "a@b.example" } });
    await give(plugin, "track", { event: "Other" });
    expect(calls()).toEqual([["track", { conversion_id: 987, event_id: "m-1" }]]);
    expect(plugin.page).toBeUndefined();
  });
});
