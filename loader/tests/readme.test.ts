import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const readme = readFileSync("README.md", "utf8");
const sources = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => readFileSync(`src/${name}`, "utf8"));

/** Every text that the sources have at the place of the group. */
const found = (pattern: RegExp): string[] => [
  ...new Set(sources.flatMap((text) => [...text.matchAll(pattern)].map(([, name]) => name ?? ""))),
];

describe("the README", () => {
  test("names every event that the client announces, and every code of its errors", () => {
    const names = [...found(/emit\("(\w+)"/g), ...found(/code: "(\w+)"/g)];
    expect(names.length).toBeGreaterThan(9);
    expect(names.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });

  test("names every load option that the client reads", () => {
    const names = found(/\bload\.(\w+)/g);
    expect(names).toContain("integrations");
    expect(names.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });
});
