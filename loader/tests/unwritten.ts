import { dirname, resolve } from "node:path";
import { compileFunction } from "node:vm";
import ts from "typescript";
import type { Dictionary } from "../src/objects";

/** Texts of TypeScript by absolute path, compiled and run as if they were written there. */
export class Unwritten {
  constructor(private readonly files: ReadonlyMap<string, string>) {}

  get paths(): string[] {
    return [...this.files.keys()].filter((path) => path.endsWith(".ts"));
  }

  /** What the compiler says of them under the rules of this directory. */
  problems(): string[] {
    const { files, paths } = this;
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
    const found = paths.flatMap((path) => ts.getPreEmitDiagnostics(program, program.getSourceFile(path)));
    return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
  }

  /** What one of the files exports. `around` has other modules, by absolute path or by the name of a package. */
  run(path: string, around: ReadonlyMap<string, unknown>): Dictionary {
    const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2019 };
    const { outputText } = ts.transpileModule(this.files.get(path) ?? "", { compilerOptions });
    const exported: Dictionary = {};
    const ask = (name: string): unknown => {
      const found = name.startsWith(".") ? `${resolve(dirname(path), name)}.ts` : name;
      return around.get(found) ?? this.run(found, around);
    };
    const body = compileFunction(outputText, ["require", "exports"]) as (require: unknown, exports: Dictionary) => void;
    body(ask, exported);
    return exported;
  }
}
