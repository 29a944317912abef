import { execFileSync } from "node:child_process";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { freshPage, globals, manifest, settled, start, type FakePage } from "./harness";

const built = execFileSync(
  "node_modules/.bin/esbuild",
  ["src/snippet/snippet.ts", "--bundle", "--format=iife", "--target=es2019"],
  { encoding: "utf8" },
);

/** The snippet as a page carries it: the built text with the placeholders replaced. */
function snippet(writeKey: string, cdn: string, key = "analytics"): string {
  return built
    .replace(/__WRITE_KEY__/g, JSON.stringify(writeKey))
    .replace(/__CDN__/g, JSON.stringify(cdn))
    .replace('"analytics"', JSON.stringify(key));
}

function run(text: string): void {
  // What is tested is the text that pages carry.
  (window as unknown as { eval: (code: string) => void }).eval(text);
}

type Stub = unknown[] & Record<string, (...args: unknown[]) => unknown>;

let page: FakePage;

beforeEach(() => {
  page = freshPage();
});

describe("the snippet", () => {
  test("loads the client of its write key from its edge, asynchronously, and names its global", () => {
    run(snippet("wk_1", "http://edge.example:8080"));
    const script = document.head.querySelector("script");
    expect(script?.src).toBe("http://edge.example:8080/analytics.js/v1/wk_1/analytics.min.js");
    expect(script?.async).toBe(true);
    expect(script?.dataset.edgewiseGlobal).toBe("analytics");
    expect(globals.analytics).toMatchObject({
      _writeKey: "wk_1",
      _cdn: "http://edge.example:8080",
      SNIPPET_VERSION: "5.2.1",
      invoked: true,
    });
  });

  test("has every stub of snippet 5.2, each of which buffers its call with the page of that moment", () => {
    run(snippet("wk_1", "https://edge.example"));
    const stub = globals.analytics as Stub;
    const methods = (
      "trackSubmit trackClick trackLink trackForm pageview identify reset group track ready alias debug page screen once off on " +
      "addSourceMiddleware addIntegrationMiddleware setAnonymousId addDestinationMiddleware register"
    ).split(" ");
    expect(methods.filter((method) => typeof stub[method] !== "function")).toEqual([]);
    stub.track?.("A", { a: 1 });
    stub.reset?.();
    const bpc = {
      __t: "bpc",
      c: undefined,
      p: "/cart",
      u: "https://shop.example/cart?utm_source=mail#top",
      s: "?utm_source=mail",
      t: "Cart",
      r: "",
    };
    expect([...stub]).toEqual([["page", bpc], ["track", "A", { a: 1 }, bpc], ["reset"]]);
  });

  test("and the client fit together: buffered calls arrive, and stubs kept by the page reach the client", async () => {
    run(snippet("wk_1", "https://edge.example"));
    const kept = (globals.analytics as Stub).track;
    kept?.("Before");
    const client = start(page, manifest());
    kept?.("After");
    await settled();
    expect(page.posts.map(({ body }) => body.event ?? body.type)).toEqual(["page", "Before", "After"]);
    expect(globals.analytics).toBe(client);
  });

  test("twice on a page loads once and says so", () => {
    const complaint = vi.spyOn(console, "error").mockImplementation(() => undefined);
    run(snippet("wk_1", "https://edge.example"));
    run(snippet("wk_1", "https://edge.example"));
    expect(document.head.querySelectorAll("script")).toHaveLength(1);
    expect(complaint).toHaveBeenCalledTimes(1);
  });

  test("leaves a client that is already there alone", () => {
    const client = start(page, manifest());
    run(snippet("wk_1", "https://edge.example"));
    expect(globals.analytics).toBe(client);
    expect(document.head.querySelectorAll("script")).toHaveLength(0);
  });

  test("i23 two snippets with keys of their own do not meet", () => {
    run(snippet("wk_a", "https://edge.example", "first"));
    run(snippet("wk_b", "https://edge.example", "second"));
    (globals.first as Stub).track?.("for a");
    expect([...(globals.first as Stub)].length).toBe(2);
    expect([...(globals.second as Stub)].length).toBe(1);
    expect(
      [...document.head.querySelectorAll("script")].map(({ dataset, src }) => [
        dataset.edgewiseGlobal,
        src.split("/")[5],
      ]),
    ).toEqual([
      ["first", "wk_a"],
      ["second", "wk_b"],
    ]);
  });
});
