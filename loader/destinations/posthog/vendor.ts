import type { Dictionary } from "../../src/objects";
import { defer, type Queue } from "../shared/queue";
import { vendorScript } from "../shared/vendor-script";

/** What this destination uses of one named instance: the library's, or the array that stands for it. */
export interface Instance {
  capture(event: string, properties: Dictionary): unknown;
  identify(id: string, properties: Dictionary): unknown;
  setPersonProperties(properties: Dictionary): unknown;
  alias(id: string, previous?: string): unknown;
  group(type: string, key: string, properties: Dictionary): unknown;
}

interface PostHog extends Record<string, unknown> {
  init(key: string, config: Dictionary, name: string): unknown;
}

const METHODS = ["capture", "identify", "setPersonProperties", "alias", "group"];

/** The two regions of PostHog's cloud, under each of the addresses that people know them by. */
const CLOUD = /^https:\/\/(app|us|eu)(-assets)?(\.i)?\.posthog\.com\/?$/i;

/** Where an instance takes events, and where its library is (posthog.com/docs, "JavaScript web": the snippet). */
export function addresses(instance: string): { readonly api: string; readonly script: string } {
  const [, place] = CLOUD.exec(instance) ?? (instance === "" ? ["", "us"] : []);
  if (place === undefined) {
    const own = instance.replace(/\/+$/, "");
    return { api: own, script: `${own}/static/array.js` };
  }
  const region = place.toLowerCase() === "eu" ? "eu" : "us";
  return {
    api: `https://${region}.i.posthog.com`,
    script: `https://${region}-assets.i.posthog.com/static/array.js`,
  };
}

/** The library looks for `_i` (instances to make) and `__SV` (the snippet's version) when it loads. */
function stub(page: { posthog?: PostHog }): PostHog {
  if (page.posthog) return page.posthog;
  const waiting: unknown[] = [];
  const posthog = Object.assign([] as unknown as Queue, {
    _i: waiting,
    __SV: 1,
    people: [],
    init: (key: string, config: Dictionary, name: string) => {
      posthog[name] = Object.assign(defer([], METHODS), { people: [] });
      waiting.push([key, config, name]);
    },
  });
  page.posthog = posthog;
  return posthog;
}

/** A named instance for one destination, usable at once, and the promise of the library behind it. */
export function createInstance(
  key: string,
  script: string,
  config: Dictionary,
): { readonly instance: () => Instance; readonly loaded: Promise<void> } {
  const page = window as { posthog?: PostHog };
  const mine = page.posthog === undefined;
  const posthog = stub(page);
  const base = `edgewise_${key.replace(/\W/g, "_")}`;
  let name = base;
  // Two destinations may have the same key.
  for (let number = 2; posthog[name] !== undefined; number++) name = `${base}_${String(number)}`;
  posthog.init(key, config, name);
  // One library serves every instance, whichever PostHog each of them reports to.
  if (mine) library = vendorScript(script, { attributes: { crossorigin: "anonymous" } });
  return {
    // Looked up at each call: the library puts its own instance in the queue's place.
    instance: () => (page.posthog ?? posthog)[name] as Instance,
    // A page with PostHog's snippet loads the library itself.
    loaded: library ?? Promise.resolve(),
  };
}

let library: Promise<void> | undefined;
