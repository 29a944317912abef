import type { Dictionary } from "../../src/objects";
import { claim } from "../shared/only-one";
import { vendorScript } from "../shared/vendor-script";

/** `FS`, which keeps calls in `q` until the script sets `_api` (npm: @fullstory/snippet 2). */
export interface FullStory {
  (operation: string, options?: Dictionary, source?: string): unknown;
  q?: unknown[];
  _api?: (...args: unknown[]) => unknown;
  _v?: string;
  /** The page's own means of sending: what FullStory itself sends must not be recorded. */
  _w?: Dictionary;
}

interface Page {
  FS?: FullStory;
  _fs_org?: string;
  _fs_host?: string;
  _fs_script?: string;
  _fs_namespace?: string;
  _fs_debug?: boolean;
  _fs_is_outer_script?: boolean;
  XMLHttpRequest: unknown;
  fetch: typeof fetch;
}

/** The place that the organisation's id ends in, like eu1 in o-1ABC-eu1-eu1; none for the first place, na1. */
export function placeOf(org: string): string {
  const parts = org.split("-");
  const last = parts[parts.length - 1] ?? "";
  return parts.length < 3 || (parts[0] ?? "").length > 1 || last === "na1" ? "" : `${last}.`;
}

/** Which version of FullStory's API a call is of. */
const API = 2;

function stub(page: Page): FullStory {
  const queue: unknown[] = [];
  const fs: FullStory = Object.assign(
    (operation: string, options?: Dictionary, source?: string): unknown => {
      const call = [operation, options, source, undefined, undefined, API];
      return fs._api ? fs._api(...call) : (queue.push(call), null);
    },
    { q: queue, _v: "2.0.0", _w: { XMLHttpRequest: page.XMLHttpRequest, fetch: page.fetch } },
  );
  const own = fs._w as { fetch: typeof fetch };
  page.fetch = (...args: Parameters<typeof fetch>) => own.fetch.apply(page, args);
  return fs;
}

export interface Options {
  readonly debug: boolean;
  readonly outer: boolean;
}

/** The page's `FS` for an organisation, and the promise of the script behind it. It records one per page. */
export function fullStory(
  org: string,
  { debug, outer }: Options,
): { readonly fs: () => FullStory; readonly loaded: Promise<void> } {
  const page = window as unknown as Page;
  claim("FullStory", org, page._fs_org);
  let loaded = Promise.resolve();
  if (!page.FS) {
    const place = placeOf(org);
    const script = `edge.${place}fullstory.com/s/fs.js`;
    Object.assign(page, {
      _fs_org: org,
      _fs_host: `${place}fullstory.com`,
      _fs_script: script,
      _fs_namespace: "FS",
      _fs_debug: debug,
      _fs_is_outer_script: outer,
      FS: stub(page),
    });
    loaded = vendorScript(`https://${script}`, { attributes: { crossorigin: "anonymous" } });
  }
  const fs = page.FS as FullStory;
  return { fs: () => page.FS ?? fs, loaded };
}
