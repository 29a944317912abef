import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Host } from "../../destinations/shared/plugin";
import type { Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import { freshPage, globals } from "../harness";
import { give, host, loaded, scripts } from "./harness";

let factory: (settings: Dictionary) => Plugin<Host>;

beforeEach(async () => {
  freshPage();
  vi.resetModules();
  ({ default: factory } = await import("../../destinations/__SLUG__/index"));
});

describe("__NAME__", () => {
  test("keeps calls until the script comes, who the visitor is first", async () => {
    const plugin = await loaded(factory({ account: "a1" }), host({ id: "u1" }));
    await give(plugin, "track", { event: "Order Completed", properties: { total: 20 } });
    expect(scripts().map(({ src }) => src)).toEqual(["__SCRIPT__"]);
    expect((globals.__GLOBAL__ as { q: unknown[][] }).q).toEqual([
      ["start", "a1"],
      ["user", "u1"],
      ["event", "Order Completed", { total: 20 }],
    ]);
  });
});
