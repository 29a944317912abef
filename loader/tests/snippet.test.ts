import { execFileSync } from "node:child_process";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { freshPage, globals, manifest, settled, start, type FakePage } from "./harness";

const built = (halves: boolean): string =>
  execFileSync(
    "node_modules/.bin/esbuild",
    ["src/snippet/snippet.ts", "--bundle", "--format=iife", "--target=es2019", `--define:__HALVES__=${halves}`],
    { encoding: "utf8" },
  );
const [whole, halved] = [built(false), built(true)];

/** The snippet as a page carries it: the built text with the placeholders replaced. */
function snippet(writeKey: string, cdn: string, key = "analytics", text = whole): string {
  return text
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

describe("the snippet of a loader in halves", () => {
  type Half = HTMLScriptElement & { edgewise?: unknown };
  const scripts = (): Half[] => [...document.head.querySelectorAll("script")];
  const names = (): (string | undefined)[] => scripts().map(({ src }) => src.split("/").pop());
  /** What the script of a half does: it puts this at its element, and the browser says that it has run. */
  const comes = (name: string, edgewise?: unknown): void => {
    const half = scripts().find(({ src }) => src.endsWith(`/${name}.js`));
    if (!half) throw new Error(`${name} was not asked for`);
    if (edgewise !== undefined) half.edgewise = edgewise;
    half.dispatchEvent(new Event(edgewise === undefined ? "error" : "load"));
  };

  beforeEach(() => {
    delete globals.shop;
    run(snippet("wk_1", "https://edge.example", "shop", halved));
  });

  test("asks for both at once, and names its global in each", () => {
    const address = "https://edge.example/analytics.js/v1/wk_1";
    expect(scripts().map(({ src }) => src)).toEqual([`${address}/manifest.js`, `${address}/code.js`]);
    expect(scripts().map(({ async, dataset }) => [async, dataset.edgewiseGlobal])).toEqual([
      [true, "shop"],
      [true, "shop"],
    ]);
  });

  test.each([["manifest", "code"], ["code", "manifest"]])("has the code run when both are there: %s, then %s", (first, second) => {
    const code = vi.fn(() => 1);
    const halves: Record<string, unknown> = { manifest: ["digest", {}], code };
    comes(first, halves[first]);
    expect(code).not.toHaveBeenCalled();
    comes(second, halves[second]);
    expect(code.mock.calls).toEqual([[halves.manifest]]);
    expect(names()).toEqual(["manifest.js", "code.js"]);
  });

  test.each([
    ["the code could not be had", ["digest", {}], undefined],
    ["the manifest could not be had", undefined, (manifest: unknown) => manifest],
    ["neither could be had", undefined, undefined],
    ["they do not fit", ["another digest", {}], () => undefined],
    ["the source has no halves any more", null, null],
  ])("asks for the whole loader where %s, once", (_why, manifest, code) => {
    comes("code", code);
    expect(names()).toEqual(["manifest.js", "code.js"]);
    comes("manifest", manifest);
    expect(names()).toEqual(["manifest.js", "code.js", "analytics.min.js"]);
  });
});
