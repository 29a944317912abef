// Destinations' code, each a script of its own. Many of them stand in one loader, where what two have in common costs
// nothing once it is compressed, if it is the same letter for letter. So what is in `destinations/shared/` is made alike in
// all of them: in one order, before everything else, under names that are the same everywhere.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { arrowed } from "./arrows.mjs";
import { alone, bundled, COMPRESS, ROOT, shortened } from "./code.mjs";

const SHARED = "destinations/shared";
/** What they have of the client's code. */
const OF_THE_CLIENT = ["src/objects.ts"];
/** Names of shared code, which nothing else gets, in an order found by trial; what is common first. */
const CAPITALS = "AXKVNRFHQESIZCJMGOLUYPBWDT";
/** @param {string} path @returns {Promise<string>} */
const read = (path) => readFile(join(ROOT, path), "utf8");

/** @param {string} text @returns {string[]} what it declares at its top */
const declaredIn = (text) =>
  [...text.matchAll(/^(?:export )?(?:const|function|class) (\w+)/gm)].map(([, name]) => String(name));

/** @param {number} at @returns {string} the same of shared code: `A`, `B`, ... `Z`, `AA`, `BA`, ... */
const capital = (at) => CAPITALS.charAt(at % CAPITALS.length) + (at < CAPITALS.length ? "" : capital(at - CAPITALS.length));

/**
 * @param {readonly string[]} slugs
 * @returns {Promise<{prelude: string, names: Record<string, string>}>} code that imports all that is shared, that of most
 *   destinations first; and what this declares, each name with the one that it gets
 */
export async function sharedCode(slugs) {
  const users = await Promise.all(
    slugs.map(async (slug) => {
      const files = (await readdir(join(ROOT, "destinations", slug))).filter((file) => file.endsWith(".ts"));
      return (await Promise.all(files.map((file) => read(`destinations/${slug}/${file}`)))).join("");
    }),
  );
  /** @param {string} file */
  const usesOf = (file) => users.filter((text) => text.includes(`/shared/${file.replace(".ts", "")}"`)).length;
  const files = (await readdir(join(ROOT, SHARED))).sort().sort((one, other) => usesOf(other) - usesOf(one));
  const paths = [...OF_THE_CLIENT, ...files.map((file) => `${SHARED}/${file}`)];
  const texts = await Promise.all(paths.map(read));
  const all = [...texts.slice(OF_THE_CLIENT.length), ...users].join("");
  const names = texts.flatMap(declaredIn).filter((name) => new RegExp(`\\b${name}\\b`).test(all));
  return {
    prelude: paths.map((path) => `import "./${path}";`).join("\n"),
    names: Object.fromEntries([...new Set(names)].map((name, at) => [`$${name}`, capital(at)])),
  };
}

/**
 * @param {string} slug
 * @param {string} libraryName the global that it sets
 * @param {Awaited<ReturnType<typeof sharedCode>>} shared
 * @param {Record<string, unknown>} constants
 * @returns {Promise<string>}
 */
export async function destinationCode(slug, libraryName, { prelude, names }, constants) {
  const own = `import factory from "./destinations/${slug}/index.ts"; window[${JSON.stringify(libraryName)}] = factory;`;
  const code = await bundled({ code: `${prelude}\n${own}` }, constants);
  // A function that is called once is not put where it is called: in another file it would be called twice.
  const compress = { ...COMPRESS, reduce_funcs: false };
  const simple = await shortened(code, { compress, mangle: false });
  const text = await shortened(arrowed(simple), {
    compress,
    nameCache: { vars: { props: { ...names } } },
  });
  return alone(text);
}
