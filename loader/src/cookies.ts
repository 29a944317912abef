import type { Environment } from "./environment";
import { decoded } from "./decoded";

/** `cookie` of the load options. */
export interface CookieOptions {
  /** Days until the cookie ends; 365 by default. */
  readonly maxage?: number;
  readonly domain?: string | undefined;
  readonly path?: string;
  readonly secure?: boolean;
  readonly sameSite?: string;
}

const DAY_MS = 86_400_000;

/** Encoded as js-cookie does, which the official client uses: both read what the other wrote. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/%(2[346BF]|3[AC-F]|40|5[BDE]|60|7[BCD])/g, decodeURIComponent);
}

/** The cookie's value. Throws where the browser keeps cookies from the page (sandboxed frames). */
export function readCookie({ document }: Window, name: string): string | undefined {
  for (const pair of document.cookie.split("; ")) {
    if (pair.startsWith(`${name}=`)) return decoded(pair.slice(name.length + 1));
  }
  return undefined;
}

/** Writes a cookie, or removes it where `value` is null. */
export function writeCookie(env: Environment, name: string, value: string | null, options: CookieOptions): void {
  const { maxage = 365, domain, path = "/", secure, sameSite = "Lax" } = options;
  const expires = new Date(value === null ? 0 : env.now() + maxage * DAY_MS).toUTCString();
  env.window.document.cookie =
    `${name}=${encode(value ?? "")}; path=${path}; expires=${expires}` +
    (domain ? `; domain=${domain}` : "") +
    (sameSite ? `; sameSite=${sameSite}` : "") +
    (secure ? "; secure" : "");
}

const PROBE = "__tld__";

/**
 * The widest domain on which this page may set cookies: the browser refuses public suffixes, so the shortest
 * that sticks is the site's own. Undefined on localhost and IP addresses.
 */
export function cookieDomain(env: Environment): string | undefined {
  const parts = env.window.location.hostname.split(".");
  if (parts.length === 4 && Number(parts[3]) > 0) return undefined;
  for (let start = parts.length - 1; start--; ) {
    const domain = parts.slice(start).join(".");
    writeCookie(env, PROBE, "1", { domain });
    if (readCookie(env.window, PROBE)) {
      writeCookie(env, PROBE, null, { domain });
      return domain;
    }
  }
  return undefined;
}
