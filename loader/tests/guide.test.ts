import { readdirSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { compileFunction } from "node:vm";
import ts from "typescript";
import { beforeEach, describe, expect, test } from "vitest";
import type { Host } from "../destinations/shared/plugin";
import type { Dictionary } from "../src/objects";
import type { Plugin } from "../src/plugin";
import { give, loaded } from "./destinations/harness";
import { freshPage, globals } from "./harness";

const GUIDE = readFileSync("../docs/writing-a-destination.md", "utf8");

/** The guide's files by absolute path, as if they were written. */
const files = new Map(
  [...GUIDE.matchAll(/<!-- file: (\S+) -->\n```\w+\n([^]*?)```/g)].map(([, path = "", text = ""]) => [
    resolve("..", path),
    text,
  ]),
);
const paths = [...files.keys()].filter((path) => path.endsWith(".ts"));

/** What one of the guide's files exports. `around` has the modules of this directory by absolute path. */
function run(path: string, around: ReadonlyMap<string, unknown>): Dictionary {
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2019 };
  const { outputText } = ts.transpileModule(files.get(path) ?? "", { compilerOptions });
  const exported: Dictionary = {};
  const ask = (name: string): unknown => {
    const found = `${resolve(dirname(path), name)}.ts`;
    return around.get(found) ?? run(found, around);
  };
  const body = compileFunction(outputText, ["require", "exports"]) as (require: unknown, exports: Dictionary) => void;
  body(ask, exported);
  return exported;
}

beforeEach(() => {
  freshPage();
});

describe("the guide's destination", () => {
  test("compiles under the rules of this directory", () => {
    const { config } = ts.readConfigFile("tsconfig.json", (path) => ts.sys.readFile(path)) as { config: unknown };
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ".");
    const base = ts.createCompilerHost(options);
    const host: ts.CompilerHost = {
      ...base,
      directoryExists: (path) => paths.some((file) => dirname(file) === path) || ts.sys.directoryExists(path),
      fileExists: (path) => files.has(path) || base.fileExists(path),
      readFile: (path) => files.get(path) ?? base.readFile(path),
      getSourceFile: (path, target, ...rest) => {
        const text = files.get(path);
        return text === undefined
          ? base.getSourceFile(path, target, ...rest)
          : ts.createSourceFile(path, text, target, true);
      },
    };
    const program = ts.createProgram(paths, options, host);
    const problems = paths.flatMap((path) => ts.getPreEmitDiagnostics(program, program.getSourceFile(path)));
    expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))).toEqual([]);
    expect(paths).toHaveLength(3);
  }, 60_000);

  test("does what the guide says", async () => {
    const shared = resolve("destinations/shared");
    const around = new Map<string, unknown>();
    for (const name of readdirSync(shared)) around.set(resolve(shared, name), await import(resolve(shared, name)));
    const exported = run(resolve("destinations/acme/index.ts"), around);
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
