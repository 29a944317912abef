import { beforeEach, describe, expect, test, vi } from "vitest";
import { buffered, freshPage, manifest, recorder, settled, start, type FakePage } from "./harness";

let page: FakePage;

beforeEach(() => {
  page = freshPage();
});

/** Of each cookie that a page reads or writes for its first event, until that is at a destination of the loader's file. */
async function used(): Promise<string[]> {
  const order: string[] = [];
  const real = Object.getOwnPropertyDescriptor(Document.prototype, "cookie");
  const read = vi.spyOn(document, "cookie", "get").mockImplementation(() => {
    order.push("read");
    return String(real?.get?.call(document));
  });
  const written = vi.spyOn(document, "cookie", "set").mockImplementation((text) => {
    order.push(text.replace(/=.*/, ""));
    real?.set?.call(document, text);
  });
  const { plugin } = recorder("Alpha", { page: () => order.push("event") });
  buffered("wk_1", [["page"]]);
  start(page, manifest({ name: "Alpha" }), { inlined: { "https://edge.example/Alpha.js": () => plugin } });
  await settled();
  read.mockRestore();
  written.mockRestore();
  // By the probe the site's domain is found, before anything else.
  return order.slice(order.lastIndexOf("__tld__") + 1, order.indexOf("event"));
}

describe("cookies", () => {
  test("are read before the visitor's id is written, once, and not again until the first event is at its destination", async () => {
    const order = await used();
    expect(order).toContain("read");
    expect(order.filter((one) => one !== "read")).toEqual(["ajs_anonymous_id"]);
    expect(order.indexOf("ajs_anonymous_id")).toBe(order.length - 1);
  });

  test("of a page that came from AMP name its visitor in every event", async () => {
    document.cookie = "_ga=amp-123";
    const client = start(page, manifest());
    await client.track("Paid");
    expect(page.sent("t")[0]?.context).toMatchObject({ amp: { id: "amp-123" } });
  });
});
