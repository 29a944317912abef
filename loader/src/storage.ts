import { cookieDomain, readCookie, writeCookie, type CookieOptions } from "./cookies";
import type { Environment } from "./environment";
import { attempt, isString } from "./objects";

/** One place where values are kept between pages. Reading and writing may throw: storage can be forbidden. */
export interface Store {
  /** What subdomains share, and has room for little. */
  readonly isCookie?: true;
  read(key: string): unknown;
  /** Null removes. */
  write(key: string, value: unknown): void;
}

function parsed(text: string | null | undefined): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return text;
  }
}

export function localStore({ localStorage }: Window): Store {
  return {
    read: (key) => parsed(localStorage.getItem(key)),
    write: (key, value) => {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(value));
    },
  };
}

export function cookieStore(env: Environment, options: CookieOptions): Store {
  const settings = { domain: cookieDomain(env), ...options };
  return {
    isCookie: true,
    read: (key) => parsed(readCookie(env.window, key)),
    write: (key, value) => {
      writeCookie(env, key, value === null || isString(value) ? value : JSON.stringify(value), settings);
    },
  };
}

export function memoryStore(): Store {
  const values = new Map<string, unknown>();
  return {
    read: (key) => values.get(key),
    write: (key, value) => void values.set(key, value),
  };
}

/**
 * Several stores as one: a read takes the first that has the value, a write goes to all. A store that the browser
 * refuses (sandboxed frames, blocked cookies, a full quota) counts as empty.
 */
export interface Storage {
  readonly get: (key: string) => unknown;
  readonly set: (key: string, value: unknown) => void;
  readonly clear: (key: string) => void;
  /** Reads and writes back, so that a store which lost the value has it again. Numbers (analytics.js 1) become text. */
  readonly sync: (key: string) => string | null;
}

export function createStorage(stores: readonly Store[]): Storage {
  // No store is asked beyond the first that has the value: a cookie is the dearest thing that a page can ask for.
  const get = (key: string): unknown => {
    for (const store of stores) {
      const value = attempt(() => store.read(key)) ?? "";
      if (value !== "") return value;
    }
    return null;
  };
  const set = (key: string, value: unknown): void => {
    for (const store of stores) {
      attempt(() => {
        store.write(key, value);
      });
    }
  };
  return {
    get,
    set,
    clear: (key) => {
      set(key, null);
    },
    sync(key) {
      const found = get(key);
      if (found === null) return null;
      const text = isString(found) ? found : JSON.stringify(found);
      set(key, text);
      return text;
    },
  };
}

/** The stores that the load options ask for, in the official client's order. */
export function openStores(
  env: Environment,
  persist: boolean,
  kinds: readonly string[],
  cookie: () => Store,
): Store[] {
  const open: Record<string, () => Store> = {
    localStorage: () => localStore(env.window),
    cookie,
    memory: memoryStore,
  };
  return (persist ? kinds : ["memory"]).flatMap((kind) => attempt(() => open[kind]?.()) ?? []);
}
