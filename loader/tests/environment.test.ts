import { describe, expect, test, vi } from "vitest";
import { browserEnvironment, within } from "../src/environment";
import { freshPage } from "./harness";

describe("the environment", () => {
  test("makes version 4 UUIDs (RFC 9562 section 5.4), never the same twice", () => {
    const { uuid } = browserEnvironment(window);
    const ids = new Set(Array.from({ length: 200 }, uuid));
    expect(ids.size).toBe(200);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  test("makes a UUID of one question to the browser, every digit but the version's and the variant's free", () => {
    const asked = vi.spyOn(window.crypto, "getRandomValues");
    const ids = Array.from({ length: 200 }, browserEnvironment(window).uuid);
    expect(asked).toHaveBeenCalledTimes(200);
    asked.mockRestore();
    const seen = Array.from({ length: 36 }, (_, at) => new Set(ids.map((id) => id[at])).size);
    // Of 16 values 200 ids leave out hardly one; no digit of which more than 8 are seen is fixed.
    expect(seen.map((values) => (values > 8 ? "free" : values))).toEqual(
      Array.from("xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx", (digit) => ({ x: "free", y: 4 })[digit] ?? 1),
    );
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
