// One script out of TypeScript sources: esbuild bundles and lowers the syntax, terser makes it small.
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { minify } from "terser";
import { arrowed } from "./arrows.mjs";

/**
 * Letters of names, in the order in which names come up in a scope: not by how often letters occur, which differs from file to
 * file, so that what files have in common is named alike in all of them. This order was found by trial, with LETTERS in
 * `build.mjs` and CAPITALS in `destinations.mjs`: any other is as right, and some forty bytes more with five destinations.
 */
const LETTERS = "ejsinoarldtcbmfgVwypvQxzqH$_NIMYPDCORKFBLTUWGuZkhSXEJA";

/** The loader's folder, from which all paths here are told. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** What Safari 13.1 understands; tsconfig.json keeps to the same library. */
const TARGET = "es2020";

/** @type {import("terser").CompressOptions} */
export const COMPRESS = { passes: 3, keep_fargs: false, inline: false, pure_getters: true, unsafe_arrows: true };

/**
 * @param {{entry: string} | {code: string}} source a file, or the text of one
 * @param {Record<string, unknown>} constants
 * @param {import("esbuild").BuildOptions} [more]
 * @returns {Promise<string>} all of it, without a function around it
 */
export async function bundled(source, constants, more) {
  const result = await build({
    ...("entry" in source
      ? { entryPoints: [`${ROOT}/${source.entry}`] }
      : { stdin: { contents: source.code, resolveDir: ROOT, loader: "ts", sourcefile: "entry.ts" } }),
    bundle: true,
    format: "esm",
    target: TARGET,
    charset: "ascii",
    legalComments: "none",
    write: false,
    minifySyntax: true,
    define: Object.fromEntries(Object.entries(constants).map(([name, value]) => [name, JSON.stringify(value)])),
    tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
    logLevel: "warning",
    ...more,
  });
  return result.outputFiles?.[0]?.text ?? "";
}

/** @param {number} at @returns {string} the name at this place: `e`, `t`, ... `A`, `ee`, `te`, ... */
const nameAt = (at) => {
  const rest = Math.floor(at / LETTERS.length);
  return LETTERS.charAt(at % LETTERS.length) + (rest ? nameAt(rest - 1) : "");
};

/** @type {import("terser").MangleOptions} */
const MANGLE = { nth_identifier: { get: nameAt } };

/** @param {string} code @param {import("terser").MinifyOptions} more */
export async function shortened(code, more) {
  const format = { ascii_only: true, comments: false };
  return (await minify(code, { ecma: 2020, toplevel: true, compress: COMPRESS, mangle: MANGLE, format, ...more })).code ?? "";
}

/** @param {string} text @returns {string} the same, to be run at once and with names that are its own */
export const alone = (text) => inert(`(()=>{${text.replace(/;$/, "")}})();`);

/** @param {string} text to be put between the edge's own lines, and perhaps into a page @returns {string} the same */
export function inert(text) {
  for (const forbidden of ["</script", "<!--"]) {
    if (text.toLowerCase().includes(forbidden)) throw new Error(`this contains ${forbidden}: ${text}`);
  }
  return text;
}

/** @param {Parameters<typeof bundled>} of */
export async function bundle(...of) {
  // With terser the result is 6 % smaller, once it is compressed, than esbuild makes it by itself. The second run names things
  // and joins declarations; values are where they belong already.
  const simple = await shortened(await bundled(...of), { mangle: false });
  return alone(await shortened(arrowed(simple), { compress: { ...COMPRESS, reduce_vars: false } }));
}
