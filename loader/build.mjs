// Builds the browser files into edge/assets/ (see README.md). The same sources give the same bytes: names are
// hashes of the content, lists are sorted, and nothing of the machine or the hour goes in.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { bundle, ROOT } from "./build/code.mjs";
import { destinationCode, sharedCode } from "./build/destinations.mjs";

const assets = join(ROOT, "..", "edge", "assets");

/** @param {string} path @returns {Promise<unknown>} */
const readJson = async (path) => {
  /** @type {unknown} */
  const value = JSON.parse(await readFile(join(ROOT, path), "utf8"));
  return value;
};

/**
 * Letters that stand for them, in an order found by trial (`build/code.mjs`); not those of a page's context as snippets send
 * it (`c p u s t r`).
 */
const LETTERS = "OFlfgEVZniaKUqXQx_byjkDHNSAoBhPIdmGTRLzMwWe$CYJv";

/**
 * Properties that nobody but the client's own code reads, by any spelling but `x.name`: no name of the wire, the page,
 * the plugin contract or the browser. Each becomes one letter, the same in the client, its parts and what it fetches.
 */
const INTERNAL = (
  "env dispatcher emitter settled messages sync about callback takesGlobal uuid blank ofType hold fork " +
  "adopted outcome failure loadDeadline stub parts deliver isCookie make filters cookies destinations collector announce admits " +
  "guard dispatch runExtra createCourier after events state read write rejected fetchLazy"
).split(" ");
const SHORTENED = {
  mangleProps: new RegExp(`^(${INTERNAL.join("|")})$`),
  mangleCache: Object.fromEntries(INTERNAL.map((name, at) => [name, LETTERS[at] ?? name])),
};

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

/** @param {string} text @param {"sha256" | "sha384"} name */
const integrityOf = (text, name = "sha384") => `${name}-${digest(name, text).digest("base64")}`;

/** @param {string} folder @returns {Promise<string[]>} the names of its TypeScript files, sorted */
const modulesIn = async (folder) =>
  (await readdir(join(ROOT, folder))).filter((file) => file.endsWith(".ts")).map((file) => file.slice(0, -3)).sort();

/**
 * The official client, in every version that is shipped: folders in node_modules. A further one is an alias in package.json
 * ("analytics-next-1.83": "npm:@segment/analytics-next@1.83.0") and a line here.
 */
const OFFICIAL = ["@segment/analytics-next"];

/** @param {string} folder its files to be served as they are, and what the index says of them */
async function official(folder) {
  const root = join("node_modules", folder);
  const { name, version } = /** @type {{name: string, version: string}} */ (await readJson(join(root, "package.json")));
  const umd = join(root, "dist", "umd");
  const names = (await readdir(join(ROOT, umd))).filter((file) => /\.bundle\.[0-9a-f]+\.js$/.test(file)).sort();
  /** @param {string} path @param {string} file */
  const copy = async (path, file) => {
    const text = await readFile(join(ROOT, path), "utf8");
    files.set(`official/${version}/${file}`, text);
    return { file: `official/${version}/${file}`, hash: hashOf(text) };
  };
  await copy(join(root, "LICENSE.MD"), "LICENSE.MD");
  return {
    name: name.replace("@segment/", ""),
    version,
    ...(await copy(join(umd, "standalone.js"), "standalone.js")),
    prefix,
    chunks: await Promise.all(names.map(async (chunk) => ({ name: chunk, ...(await copy(join(umd, chunk), chunk)) }))),
  };
}

const { version } = /** @type {{version: string}} */ (await readJson("package.json"));
const destinations = /** @type {Record<string, {libraryName: string}>} */ (await readJson("destinations/index.json"));
/** @type {Map<string, string>} */
const files = new Map();

/** Parts that take the place of another, under its name, where the edge sees that they are enough. */
const INSTEAD_OF = /** @type {Record<string, string>} */ ({ plainRules: "rules" });

// Parts that the edge puts before the client of the sources that need them, each as one property of `__PARTS__`.
const parts = await Promise.all(
  (await modulesIn("src/parts")).map(async (name) => {
    const code = `import part from "./src/parts/${name}.ts"; __PARTS__.${INSTEAD_OF[name] ?? name} = part;`;
    const text = await bundle({ code }, { __VERSION__: version }, SHORTENED);
    const file = `client/${name}.${hashOf(text)}.js`;
    files.set(file, text);
    return { name, file, hash: hashOf(text) };
  }),
);

// What the client fetches once a page asks for it. Each file knows the hash and the integrity of the one before it here,
// and the client those of the last: every page's client carries what it knows.
const lazy = [];
let known = ["", ""];
for (const name of ["rest", "early"]) {
  const code = `import lazy from "./src/lazy/${name}.ts"; window["edgewise:lazy"] = lazy;`;
  const text = await bundle({ code }, { __VERSION__: version, __REST__: known }, SHORTENED);
  const file = `client/${name}.${hashOf(text)}.js`;
  files.set(file, text);
  // The shorter of the digests that browsers take.
  known = [hashOf(text), integrityOf(text, "sha256")];
  lazy.push({ name, file, hash: hashOf(text), integrity: known[1] });
}

const client = await bundle({ entry: "src/main.ts" }, { __VERSION__: version, __LAZY__: known }, SHORTENED);
/** @param {boolean} halves whether it asks for the loader in halves */
const snippet = (halves) => bundle({ entry: "src/snippet/snippet.ts" }, { __VERSION__: version, __HALVES__: halves });
const slugs = Object.keys(destinations).sort();
const shared = await sharedCode(slugs);
const sources = await Promise.all(
  slugs.map((slug) => destinationCode(slug, String(destinations[slug]?.libraryName), shared, { __VERSION__: version })),
);

const hash = hashOf(client);
files.set(`client/edgewise.${hash}.js`, client);
const bundles = slugs.map((slug, position) => {
  const text = sources[position] ?? "";
  const name = hashOf(text);
  const file = `actions/${slug}/${name}.js`;
  files.set(file, text);
  return { slug, libraryName: destinations[slug]?.libraryName, file, hash: name, integrity: integrityOf(text) };
});
const prefixed = await bundle({ entry: "src/official/prefix.ts" }, { __VERSION__: version });
const prefix = { file: `official/prefix.${hashOf(prefixed)}.js`, hash: hashOf(prefixed) };
files.set(prefix.file, prefixed);
const index = {
  client: { name: "edgewise", version, file: `client/edgewise.${hash}.js`, hash, parts, lazy },
  official: await Promise.all(OFFICIAL.map(official)),
  bundles,
};
files.set("snippet.js", await snippet(false));
files.set("snippet-halves.js", await snippet(true));
// The console's only script from elsewhere, as it came: the page's policy allows no other origin.
files.set("console/htmx.min.js", await readFile(join(ROOT, "node_modules/htmx.org/dist/htmx.min.js"), "utf8"));
files.set("index.json", `${JSON.stringify(index, null, 2)}\n`);

// In this order a process that reads meanwhile never finds an index that names a file which is not there.
for (const [file, text] of files) await put(file, text);
for (const entry of await readdir(assets, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (entry.isFile() && !files.has(relative(assets, path).split(sep).join("/"))) await rm(path);
}
console.log(
  `built client ${String(client.length)} bytes, snippet ${String(files.get("snippet.js")?.length)} bytes, ${String(bundles.length)} bundles`,
);
