// Builds the browser files into edge/assets/ (see README.md). The same sources give the same bytes: names are
// hashes of the content, lists are sorted, and nothing of the machine or the hour goes in.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { minify } from "terser";

const here = dirname(fileURLToPath(import.meta.url));
const assets = join(here, "..", "edge", "assets");

/** What Safari 13 understands; tsconfig.json keeps to the same library. */
const TARGET = "es2019";

/** @param {string} path @returns {Promise<unknown>} */
const readJson = async (path) => {
  /** @type {unknown} */
  const value = JSON.parse(await readFile(join(here, path), "utf8"));
  return value;
};

/** @param {{entry: string} | {code: string}} source @param {string} version @returns {Promise<string>} */
async function bundle(source, version) {
  const result = await build({
    ...("entry" in source
      ? { entryPoints: [join(here, source.entry)] }
      : { stdin: { contents: source.code, resolveDir: here, loader: "ts", sourcefile: "entry.ts" } }),
    bundle: true,
    format: "iife",
    target: TARGET,
    charset: "ascii",
    legalComments: "none",
    write: false,
    define: { __VERSION__: JSON.stringify(version) },
    tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
    logLevel: "warning",
  });
  // esbuild bundles and lowers the syntax; terser's result is 3 % smaller once it is compressed.
  const { code: text = "" } = await minify(result.outputFiles[0]?.text ?? "", {
    ecma: 2019,
    compress: { passes: 3, keep_fargs: false },
    format: { ascii_only: true, comments: false },
  });
  // The edge inlines this text between its own lines, and pages may inline the result.
  for (const forbidden of ["</script", "<!--"]) {
    if (text.toLowerCase().includes(forbidden)) throw new Error(`${JSON.stringify(source)} contains ${forbidden}`);
  }
  return text;
}

/** @param {"sha256" | "sha384"} name @param {string} text */
const digest = (name, text) => createHash(name).update(text, "utf8");

/** @param {string} text first 32 hexadecimal digits of the SHA-256 of the bytes */
const hashOf = (text) => digest("sha256", text).digest("hex").slice(0, 32);

/** @param {string} file @param {string} text */
async function put(file, text) {
  const path = join(assets, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

const { version } = /** @type {{version: string}} */ (await readJson("package.json"));
const destinations = /** @type {Record<string, {libraryName: string}>} */ (await readJson("destinations/index.json"));

const client = await bundle({ entry: "src/main.ts" }, version);
const snippet = await bundle({ entry: "src/snippet/snippet.ts" }, version);
const slugs = Object.keys(destinations).sort();
const sources = await Promise.all(
  slugs.map((slug) => {
    const code = `import factory from "./destinations/${slug}/index.ts"; window[${JSON.stringify(destinations[slug]?.libraryName)}] = factory;`;
    return bundle({ code }, version);
  }),
);

const hash = hashOf(client);
/** @type {Map<string, string>} */
const files = new Map([[`client/edgewise.${hash}.js`, client]]);
const bundles = slugs.map((slug, position) => {
  const text = sources[position] ?? "";
  const name = hashOf(text);
  const file = `actions/${slug}/${name}.js`;
  files.set(file, text);
  const integrity = `sha384-${digest("sha384", text).digest("base64")}`;
  return { slug, libraryName: destinations[slug]?.libraryName, file, hash: name, integrity };
});
const index = { client: { name: "edgewise", version, file: `client/edgewise.${hash}.js`, hash }, bundles };
files.set("snippet.js", snippet);
// The console's only script from elsewhere, as it came: the page's policy allows no other origin.
files.set("console/htmx.min.js", await readFile(join(here, "node_modules/htmx.org/dist/htmx.min.js"), "utf8"));
files.set("index.json", `${JSON.stringify(index, null, 2)}\n`);

// In this order a process that reads meanwhile never finds an index that names a file which is not there.
for (const [file, text] of files) await put(file, text);
for (const entry of await readdir(assets, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (entry.isFile() && !files.has(relative(assets, path).split(sep).join("/"))) await rm(path);
}
console.log(
  `built client ${String(client.length)} bytes, snippet ${String(snippet.length)} bytes, ${String(bundles.length)} bundles`,
);
