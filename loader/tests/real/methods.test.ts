import { readFileSync } from "node:fs";
import { Analytics } from "@segment/analytics-next";
import { describe, expect, test } from "vitest";
import { freshPage, manifest, start } from "../harness";

/** What the official client's methods are made of; none of its pages is told of these. */
const INNER = ["_dispatch", "createStore", "init", "warnIfPossibleMemoryLeak", "constructor"];

/** Names of the functions of an object, its prototypes' too, in order. */
function methods(of: object): string[] {
  const names = new Set<string>();
  for (let one: object | null = of; one && one !== Object.prototype; one = Object.getPrototypeOf(one) as object | null) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(one))) {
      if (typeof value === "function") names.add(name);
    }
  }
  return [...names].filter((name) => !INNER.includes(name)).sort();
}

describe("the methods of the official client", () => {
  const theirs = methods(new Analytics({ writeKey: "wk_1" }));
  const ours = methods(start(freshPage(), manifest()));

  test("are there, but for those that the documentation names", () => {
    const text = readFileSync("../docs/differences.md", "utf8");
    const [, section = ""] = text.split("## Methods and options that are not there\n");
    const named = [...(section.split("\n## ")[0] ?? "").matchAll(/`(\w+)`/g)].map(([, name]) => name);
    const missing = theirs.filter((name) => !ours.includes(name));
    expect(missing.filter((name) => !named.includes(name))).toEqual([]);
    // Of `ready` it says what else it does.
    expect(ours.filter((name) => named.includes(name))).toEqual(["ready"]);
  });

  test("have no company but the snippet's `load`", () => {
    expect(ours.filter((name) => !theirs.includes(name))).toEqual(["load"]);
  });
});
