import type { CookieOptions } from "./cookies";
import type { Integrations } from "./event";
import { GROUP_KEYS, USER_KEYS, type IdentityKeys } from "./identity";
import { dictionary, isText, strings, type Dictionary } from "./objects";

/** How one identity is kept. */
export interface IdentityOptions {
  /** False: nothing is known and nothing kept. */
  readonly enabled: boolean;
  readonly persist: boolean;
  readonly stores: readonly string[];
  readonly keys: IdentityKeys;
}

/** The load options (second argument of the snippet's `load`) that this client knows. */
export interface LoadOptions {
  readonly integrations: Integrations;
  readonly cookie: CookieOptions;
  readonly user: IdentityOptions;
  readonly group: IdentityOptions;
  /** False: an event has one try. */
  readonly retryQueue: unknown;
  /** True: the page is told before anything that the page itself called. */
  readonly initialPageview: unknown;
  /** True: nothing is loaded, sent or kept; a function of the manifest says so, by a promise too. */
  readonly disable: unknown;
  /** False: parameters of the page's address mean nothing; an object has the patterns that ids must match. */
  readonly useQueryString: unknown;
  /** How the visitor's consent is told; undefined: it is not asked for. */
  readonly consent: unknown;
  /** A function that makes another manifest of this one. */
  readonly updateCDNSettings: unknown;
}

const STORES = ["localStorage", "cookie", "memory"] as const;

function keyOf(options: unknown, fallback: string): string {
  const { key } = dictionary(options);
  return isText(key) ? key : fallback;
}

function identityOptions(given: unknown, load: Dictionary, keys: IdentityKeys): IdentityOptions {
  const options = dictionary(given);
  const { stores } = dictionary(options.storage ?? load.storage);
  const wanted = stores ? strings(stores) : STORES;
  return {
    enabled: options.disable !== true,
    persist: load.disableClientPersistence !== true && options.persist !== false,
    stores: options.localStorageFallbackDisabled === true ? wanted.filter((kind) => kind !== "localStorage") : wanted,
    keys: { ...keys, id: keyOf(options.cookie, keys.id), traits: keyOf(options.localStorage, keys.traits) },
  };
}

/** Reads what the page passed; a field of the wrong type counts as not given. */
export function readOptions(given: unknown): LoadOptions {
  const load = dictionary(given);
  return {
    ...(load as Omit<LoadOptions, "integrations" | "cookie" | "user" | "group">),
    integrations: dictionary(load.integrations) as Integrations,
    cookie: dictionary(load.cookie),
    user: identityOptions(load.user, load, USER_KEYS),
    group: identityOptions(load.group, load, GROUP_KEYS),
  };
}
