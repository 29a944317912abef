import { attempt, isObject, type Dictionary } from "./objects";

/** The page that an event is about (context.page of the Segment spec). */
export interface PageContext {
  path: string;
  referrer: string;
  search: string;
  title: string;
  url: string;
}

/** The same as the snippet's stubs append it, at the moment of the call (@segment/analytics-page-tools). */
interface BufferedPage {
  readonly __t: "bpc";
  readonly c?: string | null | undefined;
  readonly p: string;
  readonly u: string;
  readonly s: string;
  readonly t: string;
  readonly r: string;
}

function isBufferedPage(value: unknown): value is Dictionary & BufferedPage {
  return isObject(value) && value.__t === "bpc" && Object.keys(value).every((key) => /^(__t|[cpustr])$/.test(key));
}

function canonicalPath(canonical: string): string {
  // Sites put bare paths there; analytics.js has always taken them as such.
  return attempt(() => new URL(canonical).pathname) ?? (canonical.startsWith("/") ? canonical : `/${canonical}`);
}

function toPageContext({ c, p, u, s, t, r }: BufferedPage): PageContext {
  return {
    path: c ? canonicalPath(c) : p,
    referrer: r,
    search: s,
    title: t,
    url: c ? (c.includes("?") ? c : c + s) : u.replace(/#.*$/s, ""),
  };
}

/** What the snippet's stubs would append now. */
export function bufferedPage({ document, location }: Window): BufferedPage {
  return {
    __t: "bpc",
    c: document.querySelector("link[rel='canonical']")?.getAttribute("href"),
    p: location.pathname,
    u: location.href,
    s: location.search,
    t: document.title,
    r: document.referrer,
  };
}

/** The page as it is now. */
export function currentPage(window: Window): PageContext {
  return toPageContext(bufferedPage(window));
}

/** Splits a call's arguments from the page context that the snippet appended to them, if it did. */
export function splitPage(args: readonly unknown[]): [readonly unknown[], PageContext | undefined] {
  const last = args[args.length - 1];
  return isBufferedPage(last) ? [args.slice(0, -1), toPageContext(last)] : [args, undefined];
}
