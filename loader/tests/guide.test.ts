import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { compileFunction } from "node:vm";
import { beforeEach, describe, expect, test } from "vitest";
import type { Host } from "../destinations/shared/plugin";
import type { Dictionary } from "../src/objects";
import type { Plugin } from "../src/plugin";
import { give, loaded } from "./destinations/harness";
import { freshPage, globals } from "./harness";
import { Unwritten } from "./unwritten";

const GUIDE = readFileSync("../docs/writing-a-destination.md", "utf8");

/** The guide's files by absolute path, as if they were written. */
const files = new Map(
  [...GUIDE.matchAll(/<!-- file: (\S+) -->\n```\w+\n([^]*?)```/g)].map(([, path = "", text = ""]) => [
    resolve("..", path),
    text,
  ]),
);
const guide = new Unwritten(files);

beforeEach(() => {
  freshPage();
});

describe("the guide's destination", () => {
  test("compiles under the rules of this directory", () => {
    expect(guide.problems()).toEqual([]);
    expect(guide.paths).toHaveLength(3);
  }, 60_000);

  test("does what the guide says", async () => {
    const shared = resolve("destinations/shared");
    const around = new Map<string, unknown>();
    for (const name of readdirSync(shared)) around.set(resolve(shared, name), await import(resolve(shared, name)));
    const exported = guide.run(resolve("destinations/acme/index.ts"), around);
    const factory = exported.default as (settings: Dictionary) => Plugin<Host>;
    const plugin = await loaded(factory({ account: "a1" }));
    await give(plugin, "track", { event: "Signed Up" });
    await give(plugin, "page", { name: "Next", context: { page: { url: "https://shop.example/next" } } });
    expect((globals.acme as { q: ArrayLike<unknown>[] }).q.map((call) => Array.from(call))).toEqual([
      ["start", "a1"],
      ["event", "join", {}],
      ["view", "Next"],
    ]);

    const reported: unknown[] = [];
    const standIn = files.get(resolve("../tests/browser/vendor-stubs/acme.js")) ?? "";
    const body = compileFunction(standIn, ["report"]) as (report: (...call: unknown[]) => unknown) => void;
    body((...call) => reported.push(call));
    await give(plugin, "identify", { userId: "u1" });
    expect(reported).toHaveLength(4);
    expect(reported[3]).toEqual(["a1", ["user", "u1"]]);

    await expect(loaded(factory({ account: "a2" }))).rejects.toThrow("this page has a1 already");
    Reflect.deleteProperty(globals, "acme");
  });
});
