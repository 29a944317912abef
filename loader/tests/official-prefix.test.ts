import { execFileSync } from "node:child_process";
import { beforeEach, describe, expect, test } from "vitest";
import { freshPage, globals, runAs } from "./harness";

const built = execFileSync(
  "node_modules/.bin/esbuild",
  ["src/official/prefix.ts", "--bundle", "--format=iife", "--target=es2020"],
  { encoding: "utf8" },
);
const EDGE = "http://edge.example:8080";
const GLOBAL = "data-global-segment-analytics-key";
const A = `${EDGE}/next-integrations/actions/a/1.js`;
const B = `${EDGE}/next-integrations/actions/b/2.js`;

const FORESEEN = {
  writeKey: "wk_1",
  cdn: EDGE,
  chunks: ["/analytics-next/bundles/tsub.bundle.1.js"],
  query: "/analytics-next/bundles/queryString.bundle.2.js",
  plugins: [
    [A, "Tool A", "Tool A"],
    [A, "Tool A", "Tool A (second)"],
    [B, "Tool B", "Tool B"],
  ],
};

/** Runs the prefix in a script with these attributes; `during` is what the official client sees after it. */
function run(attributes: Record<string, string> = {}, during: () => void = () => undefined): HTMLScriptElement {
  const script = document.createElement("script");
  for (const [name, value] of Object.entries(attributes)) script.setAttribute(name, value);
  document.head.appendChild(script);
  runAs(script);
  const text = `(function(){var __EDGEWISE__=${JSON.stringify(FORESEEN)};${built}})();`;
  (window as unknown as { eval: (code: string) => void }).eval(text);
  during();
  runAs(null);
  script.dispatchEvent(new Event("load"));
  return script;
}

const links = (): HTMLLinkElement[] => [...document.head.querySelectorAll<HTMLLinkElement>("link[rel=preload]")];
const asked = (): string[] => links().map(({ href }) => href);
const SETTINGS = `${EDGE}/v1/projects/wk_1/settings`;
const CHUNK = `${EDGE}/analytics-next/bundles/tsub.bundle.1.js`;

beforeEach(() => {
  freshPage();
  history.replaceState(null, "", "/");
});

describe("what stands before the official client", () => {
  test("asks for everything that the client will ask for, once, in the way that it does", () => {
    globals.analytics = [];
    run();
    expect(asked()).toEqual([SETTINGS, CHUNK, A, B]);
    expect(links().map(({ crossOrigin }) => crossOrigin)).toEqual(["anonymous", null, null, null]);
    expect(links().map((link) => link.as)).toEqual(["fetch", "script", "script", "script"]);
  });

  test("names its edge where the page does not, for good", () => {
    const stub = Object.assign([], { _cdn: undefined as string | undefined });
    globals.analytics = stub;
    run();
    expect(stub._cdn).toBe(EDGE);
  });

  test("leaves the page's own choice of an edge, and asks that one", () => {
    const stub = Object.assign([], { _cdn: "https://proxy.example" });
    globals.analytics = stub;
    run();
    expect(stub._cdn).toBe("https://proxy.example");
    expect(asked().slice(0, 2)).toEqual([
      "https://proxy.example/v1/projects/wk_1/settings",
      "https://proxy.example/analytics-next/bundles/tsub.bundle.1.js",
    ]);
  });

  test("without a snippet the client finds its edge, and the page nothing that looks like a client", () => {
    let seen: unknown;
    run({}, () => (seen = (globals.analytics as { _cdn: string })._cdn));
    expect(seen).toBe(EDGE);
    expect("analytics" in globals).toBe(false);
  });

  test("with a global of another name the default one, another source's, is as it was", () => {
    const theirs = Object.assign([], { _cdn: "https://theirs.example" });
    globals.analytics = theirs;
    globals.second = [];
    let seen: unknown[] = [];
    const script = run({ "data-edgewise-global": "second" }, () => {
      const named = document.querySelector(`script[${GLOBAL}]`)?.getAttribute(GLOBAL);
      seen = [named, theirs._cdn, (globals.second as { _cdn?: string })._cdn];
    });
    expect(seen).toEqual(["second", EDGE, EDGE]);
    expect(theirs._cdn).toBe("https://theirs.example");
    expect(script.hasAttribute(GLOBAL)).toBe(false);
    expect((globals.second as { _cdn?: string })._cdn).toBe(EDGE);
  });

  test("the name that the official snippet gives is left where it is", () => {
    globals.second = [];
    const script = run({ [GLOBAL]: "second" });
    expect(script.getAttribute(GLOBAL)).toBe("second");
    expect("analytics" in globals).toBe(false);
  });

  test.each([
    [{ disable: true }, []],
    [{ disable: () => false }, [SETTINGS]],
    [{ updateCDNSettings: (it: unknown) => it }, [SETTINGS]],
    [{ obfuscate: true }, [SETTINGS, CHUNK]],
    [{ integrations: { All: false } }, [SETTINGS, CHUNK]],
    [{ integrations: { All: false, "Tool B": {} } }, [SETTINGS, CHUNK, B]],
    [{ integrations: { All: false, "Tool A (second)": true } }, [SETTINGS, CHUNK, A]],
    [{ integrations: { "Tool A": false } }, [SETTINGS, CHUNK, B]],
    [{ integrations: "nonsense" }, [SETTINGS, CHUNK, A, B]],
  ])("what the load options %o keep the client from is not asked for", (options, expected) => {
    globals.analytics = Object.assign([], { _loadOptions: options });
    run();
    expect(asked()).toEqual(expected);
  });

  test.each(["/?ajs_event=A", "/#/path?ajs_uid=u"])("calls in the address %s need one more chunk", (address) => {
    history.replaceState(null, "", address);
    globals.analytics = [];
    run();
    expect(asked()).toContain(`${EDGE}/analytics-next/bundles/queryString.bundle.2.js`);
  });

  test("the script's nonce is passed on", () => {
    globals.analytics = [];
    run({ nonce: "n0nce" });
    expect(new Set(links().map(({ nonce }) => nonce))).toEqual(new Set(["n0nce"]));
  });

  test.each([[5], [Object.freeze([])], [null]])("a page whose global is %o still runs the client", (value) => {
    globals.analytics = value;
    let reached = false;
    run({}, () => (reached = true));
    expect(reached).toBe(true);
  });
});
