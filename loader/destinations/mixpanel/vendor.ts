import type { Dictionary } from "../../src/objects";
import { defer, type Queue } from "../shared/queue";
import { vendorScript } from "../shared/vendor-script";

/** Mixpanel's documented address (docs.mixpanel.com, JavaScript quickstart). */
const SCRIPT = "https://cdn.mxpnl.com/libs/mixpanel-2-latest.min.js";

/** What this destination uses of one named instance: the library's, or the array that stands for it. */
export interface Instance {
  track(event: string, properties: Dictionary): unknown;
  identify(id: string): unknown;
  alias(to: string, from?: string): unknown;
  register(properties: Dictionary): unknown;
  reset(): unknown;
  set_group(key: string, id: string): unknown;
  get_group(
    key: string,
    id: string,
  ): { set(properties: Dictionary): unknown; set_once(properties: Dictionary): unknown };
  readonly people: {
    set(properties: Dictionary): unknown;
    increment(name: string, by?: number): unknown;
    track_charge(amount: number): unknown;
  };
}

interface Mixpanel extends Record<string, unknown> {
  init(token: string, config: object, name: string): unknown;
  __SV?: number;
  _i?: unknown[];
}

const METHODS = ["track", "identify", "alias", "register", "reset", "set_group"];
const PEOPLE_METHODS = ["set", "set_once", "increment", "append", "union", "unset", "track_charge"];
const GROUP_METHODS = ["set", "set_once", "union", "unset", "remove", "delete"];

/** An instance that is an array of calls, in the form that the library executes when it has loaded. */
function queued(): Queue {
  const target = defer([], METHODS);
  target.people = defer([], PEOPLE_METHODS);
  target.get_group = (...group: unknown[]) =>
    Object.fromEntries(
      GROUP_METHODS.map((method) => [
        method,
        (...args: unknown[]) => {
          target.push([
            ["get_group", ...group],
            [method, ...args],
          ]);
        },
      ]),
    );
  return target;
}

/** The library looks for `_i` (instances to make) and `__SV` (the snippet's version) when it loads. */
function stub(page: { mixpanel?: Mixpanel }): Mixpanel {
  if (page.mixpanel) return page.mixpanel;
  const waiting: unknown[] = [];
  const mixpanel = [] as unknown as Mixpanel;
  mixpanel._i = waiting;
  mixpanel.__SV = 1.2;
  mixpanel.people = [];
  mixpanel.init = (token, config, name) => {
    mixpanel[name] = queued();
    waiting.push([token, config, name]);
  };
  page.mixpanel = mixpanel;
  return mixpanel;
}

/** A named instance for one destination, usable at once, and the promise of the library behind it. */
export function createInstance(
  token: string,
  config: object,
): { readonly instance: () => Instance; readonly loaded: Promise<void> } {
  const page = window as { mixpanel?: Mixpanel };
  const mine = page.mixpanel === undefined;
  const mixpanel = stub(page);
  const base = `edgewise_${token.replace(/\W/g, "_")}`;
  let name = base;
  // Two destinations may have the same token.
  for (let number = 2; mixpanel[name] !== undefined; number++) name = `${base}_${String(number)}`;
  mixpanel.init(token, config, name);
  if (mine) library = vendorScript(SCRIPT);
  return {
    // Looked up at each call: the library puts its own instance in the queue's place.
    instance: () => (page.mixpanel ?? mixpanel)[name] as Instance,
    // A page with Mixpanel's snippet loads the library itself, which refuses to be loaded twice.
    loaded: library ?? Promise.resolve(),
  };
}

let library: Promise<void> | undefined;
