import { describe, expect, test } from "vitest";
import { browserEnvironment, within } from "../src/environment";
import { freshPage } from "./harness";

describe("the environment", () => {
  test("makes version 4 UUIDs (RFC 9562 section 5.4), never the same twice", () => {
    const { uuid } = browserEnvironment(window);
    const ids = new Set(Array.from({ length: 200 }, uuid));
    expect(ids.size).toBe(200);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  test("a wait ends at its deadline with the fallback, and earlier with the value", async () => {
    const page = freshPage();
    const late = within(page.env, 10, new Promise(() => undefined), "fallback");
    await page.pass(10);
    expect(await late).toBe("fallback");
    expect(await within(page.env, 10, Promise.resolve("value"), "fallback")).toBe("value");
    await expect(within(page.env, 10, Promise.reject(new Error("no")), "fallback")).rejects.toThrow("no");
  });
});
