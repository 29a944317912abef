// Stands before the official client's own code in the loader of a source that wants it (see README.md): tells that client
// where its edge is, and has the browser ask at once for what that client would ask for only one after the other.
import { attempt, dictionary, isFunction, isString, type Dictionary } from "../objects";

/** Declared by the edge around this code, once per source. Paths begin with a slash, plugins' addresses are whole. */
declare const __EDGEWISE__: {
  readonly writeKey: string;
  readonly cdn: string;
  /** Paths of the chunks that this source's settings call for. */
  readonly chunks: readonly string[];
  /** That of the chunk for pages whose address has calls in it. */
  readonly query: string;
  /** Of each destination the address of its code, its definition's name and its own. */
  readonly plugins: readonly (readonly [url: string, creationName: string, name: string])[];
};

/** By which tag the official client learns its global's name: the first on the page that has this, whose ever it is. */
const GLOBAL = "data-global-segment-analytics-key";

const script = document.currentScript as HTMLScriptElement | null;

function prepare(): void {
  const { writeKey, cdn, chunks, query, plugins } = __EDGEWISE__;
  const page = window as unknown as Record<string, Dictionary | undefined>;
  const holder = page[globalName()];
  // Over http it would find none and ask its vendor; the page's own choice stays.
  const base = isString(holder?._cdn) && holder._cdn ? holder._cdn : cdn;
  if (holder) holder._cdn = base;
  lend(page, base);

  const { disable, updateCDNSettings, obfuscate, integrations } = dictionary(holder?._loadOptions);
  if (disable === true) return;
  preload(`${base}/v1/projects/${writeKey}/settings`, "fetch");
  if (query && /ajs_/.test(location.search || location.hash)) preload(base + query, "script");
  // The page may decide otherwise once it has seen the settings; what then is not loaded is not asked for.
  if (isFunction(disable) || isFunction(updateCDNSettings)) return;
  for (const chunk of chunks) preload(base + chunk, "script");
  const wanted = plugins.filter(([, ...names]) => !obfuscate && isWanted(dictionary(integrations), names));
  for (const url of new Set(wanted.map(([url]) => url))) preload(url, "script");
}

/** The name as the official client will read it. Our snippet gives it in an attribute of its own. */
function globalName(): string {
  const ours = script?.getAttribute("data-edgewise-global");
  if (script && ours && !script.hasAttribute(GLOBAL)) {
    script.setAttribute(GLOBAL, ours);
    // Only for as long as this script runs: another one on the page is another's.
    afterwards(() => {
      script.removeAttribute(GLOBAL);
    });
  }
  return document.querySelector(`script[${GLOBAL}]`)?.getAttribute(GLOBAL) || "analytics";
}

/**
 * The official client reads its address before it knows its global's name, from the default one. What is there may be
 * another source's, or nothing: it is as it was once this script has run, when the client has the address in its memory.
 */
function lend(page: Record<string, Dictionary | undefined>, base: string): void {
  const before = page.analytics;
  const holder = (page.analytics ??= {});
  const address = holder._cdn;
  if (address === base) return;
  holder._cdn = base;
  afterwards(() => {
    if (!before && page.analytics === holder) delete page.analytics;
    else if (address === undefined) delete holder._cdn;
    else holder._cdn = address;
  });
}

/** Once this script has run, before any other does. */
function afterwards(undo: () => void): void {
  script?.addEventListener("load", undo);
}

/** Whether the page's load options let the official client load a destination (analytics-next plugins/remote-loader). */
function isWanted(integrations: Dictionary, names: readonly string[]): boolean {
  const chosen = names.map((name) => integrations[name]);
  return !chosen.includes(false) && (integrations.All !== false || chosen.some(Boolean));
}

function preload(href: string, kind: "fetch" | "script"): void {
  const link = document.createElement("link");
  link.rel = "preload";
  link.as = kind;
  // As the client will ask for it, or the browser fetches it twice.
  if (kind === "fetch") link.crossOrigin = "anonymous";
  if (script?.nonce) link.nonce = script.nonce;
  link.href = href;
  document.head.appendChild(link);
}

// Whatever a page has made of its globals: the client itself runs.
attempt(prepare);
