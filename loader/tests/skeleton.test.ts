import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import * as destinations from "./destinations/harness";
import * as harness from "./harness";
import { Unwritten } from "./unwritten";

/** What `edgewise destination new mail-tool` writes into a checkout (edge/catalog/skeleton.py). */
const WORDS: Readonly<Record<string, string>> = {
  SLUG: "mail-tool",
  NAME: "Mail Tool",
  SCRIPT: "https://cdn.mail-tool.example/tool.js",
  HOST: "cdn.mail-tool.example",
  LIBRARY: "mailToolDestination",
  GLOBAL: "mailTool",
};
const PLACES: Readonly<Record<string, string>> = {
  "vendor.ts": "destinations/mail-tool/vendor.ts",
  "index.ts": "destinations/mail-tool/index.ts",
  "test.ts": "tests/destinations/mail-tool.test.ts",
};
const DIRECTORY = "../edge/catalog/skeleton/checkout";

const skeleton = new Unwritten(
  new Map(
    Object.entries(PLACES).map(([name, place]) => [
      resolve(place),
      readFileSync(`${DIRECTORY}/${name}`, "utf8").replace(/__([A-Z]+)__/g, (all, word: string) => WORDS[word] ?? all),
    ]),
  ),
);

describe("a new destination in a checkout", () => {
  test("has all its files here, and compiles under the rules of this directory", () => {
    expect(readdirSync(DIRECTORY).sort()).toEqual(Object.keys(PLACES).sort());
    expect(skeleton.problems()).toEqual([]);
  }, 60_000);

  test("passes its own test", async () => {
    const before: (() => unknown)[] = [];
    const claims: [string, () => unknown][] = [];
    const runner = {
      describe: (_: string, inside: () => void) => {
        inside();
      },
      beforeEach: (set: () => unknown) => before.push(set),
      test: (name: string, claim: () => unknown) => claims.push([name, claim]),
      expect,
      vi: { resetModules: () => undefined },
    };
    const around = new Map<string, unknown>([
      ["vitest", runner],
      [resolve("tests/harness.ts"), harness],
      [resolve("tests/destinations/harness.ts"), destinations],
    ]);
    const shared = resolve("destinations/shared");
    for (const name of readdirSync(shared)) around.set(resolve(shared, name), await import(resolve(shared, name)));
    skeleton.run(resolve("tests/destinations/mail-tool.test.ts"), around);
    for (const [, claim] of claims) {
      for (const set of before) await set();
      await claim();
    }
    expect(claims).toHaveLength(1);
    Reflect.deleteProperty(harness.globals, "mailTool");
  });
});
