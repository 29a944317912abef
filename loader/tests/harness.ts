import { boot, type Inlined } from "../src/boot";
import type { Client } from "../src/client-api";
import type { Environment } from "../src/environment";
import early from "../src/lazy/early";
import rest from "../src/lazy/rest";
import type { Dictionary } from "../src/objects";
import type { Parts } from "../src/parts";

/** One post that the client made. */
export interface Post {
  readonly url: string;
  readonly init: RequestInit;
  readonly body: Dictionary;
}

/** A status, with the value of `Retry-After` if there is one. */
export type Answer = number | readonly [status: number, retryAfter: string];

/** A page that a test drives: its clock stands still, its network answers what the test says. */
export class FakePage {
  readonly posts: Post[] = [];
  /** What the collector answers; throw to be unreachable, return a promise that stays open to hang. */
  collector: (post: Post) => Answer | Promise<Answer> = () => 200;
  time = Date.UTC(2026, 0, 2, 3, 4, 5);
  ids = 0;
  private timers: { at: number; run: () => void }[] = [];

  readonly env: Environment = {
    window,
    now: () => this.time,
    uuid: () => `00000000-0000-4000-8000-${String(++this.ids).padStart(12, "0")}`,
    fetch: async (url, init) => {
      const post = { url, init, body: JSON.parse(init.body as string) as Dictionary };
      this.posts.push(post);
      const answer = await this.collector(post);
      const [status, retryAfter] = typeof answer === "number" ? [answer, undefined] : answer;
      return { status, headers: new Headers(retryAfter === undefined ? {} : { "Retry-After": retryAfter }) };
    },
    after: (ms, run) => {
      // As browsers: what is no number of milliseconds is none.
      const timer = { at: this.time + (ms || 0), run };
      this.timers.push(timer);
      return () => {
        this.timers = this.timers.filter((one) => one !== timer);
      };
    },
  };

  /** Lets `ms` milliseconds pass and everything that they set going finish. */
  async pass(ms: number): Promise<void> {
    this.time += ms;
    const due = this.timers.filter(({ at }) => at <= this.time);
    this.timers = this.timers.filter(({ at }) => at > this.time);
    due.forEach(({ run }) => {
      run();
    });
    await settled();
  }

  /** The posts of one endpoint letter. */
  sent(letter: string): Dictionary[] {
    return this.posts.filter(({ url }) => url.endsWith(`/${letter}`)).map(({ body }) => body);
  }
}

/** Every promise that can be settled now is. */
export async function settled(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}

/** What vendors' code leaves on a page. */
const VENDORS = new RegExp(
  "^(_?fbq|gtag|dataLayer|mixpanel|amplitude|ttq|Tiktok|pintrk|snaptr|_?lintrk|_linkedin|uetq|UET|posthog|_?hj|heap|" +
    "FS$|_fs_|plausible|Matomo|matomo|_paq|Intercom|intercom|_hsq|braze|_cio|klaviyo|_klOnsite)",
);

const listening: (() => void)[] = [];

// What clients listen to is kept, so that those of earlier tests hear no more of the page.
for (const target of [window, document]) {
  const add = target.addEventListener.bind(target);
  target.addEventListener = (type: string, listener: EventListenerOrEventListenerObject) => {
    add(type, listener);
    listening.push(() => {
      target.removeEventListener(type, listener);
    });
  };
}

/** A page as a browser gives it to the first script: no globals, no storage, no cookies. */
export function freshPage(): FakePage {
  history.replaceState(null, "", "/cart?utm_source=mail#top");
  document.head.innerHTML = "";
  document.body.innerHTML = "";
  document.title = "Cart";
  localStorage.clear();
  for (const pair of document.cookie.split("; ")) {
    const name = pair.split("=")[0] ?? "";
    for (const domain of ["", "; domain=shop.example", "; domain=example"]) {
      document.cookie = `${name}=; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT${domain}`;
    }
  }
  for (const name of Object.keys(window)) {
    if (/analytics|Destination$|^(first|second)$|^edgewise:/i.test(name) || VENDORS.test(name))
      Reflect.deleteProperty(window, name);
  }
  for (const name of ["accounts", "containers", "data-use"])
    Reflect.deleteProperty(window, Symbol.for(`edgewise.${name}`));
  runAs(null);
  for (const stop of listening.splice(0)) stop();
  return new FakePage();
}

export const globals = window as unknown as Record<string, unknown>;

/** What `document.currentScript` is while a script runs. */
export function runAs(script: HTMLScriptElement | null): void {
  Object.defineProperty(document, "currentScript", { value: script, configurable: true });
}

/** A script tag for a write key, as the snippet inserts it. */
export function loaderTag(writeKey: string, globalKey?: string): HTMLScriptElement {
  const script = document.createElement("script");
  script.setAttribute("data-src", "");
  script.setAttribute("src", `https://edge.example/analytics.js/v1/${writeKey}/analytics.min.js`);
  if (globalKey !== undefined) script.setAttribute("data-global-segment-analytics-key", globalKey);
  document.head.appendChild(script);
  return script;
}

export interface Entry {
  readonly name: string;
  readonly creationName?: string;
  readonly url?: string;
  readonly libraryName?: string;
  readonly settings?: Dictionary;
}

/** A settings document with these destinations. */
export function manifest(...entries: Entry[]): Dictionary {
  return {
    integrations: {
      "Segment.io": {
        apiKey: "wk_manifest",
        apiHost: "t.shop.example/v1",
        protocol: "https",
        addBundledMetadata: true,
      },
    },
    remotePlugins: entries.map((entry) => ({
      creationName: entry.name,
      url: `https://edge.example/${entry.libraryName ?? entry.name}.js`,
      libraryName: `${entry.name}Destination`,
      integrity: "sha384-abc",
      settings: {},
      ...entry,
    })),
    metrics: { sampleRate: 0 },
  };
}

/** The scripts that the client inserted for destinations, in order. */
export function inserted(): HTMLScriptElement[] {
  return [...document.head.querySelectorAll<HTMLScriptElement>("script:not([data-src])")];
}

/** A plugin that keeps what it was called with. */
export function recorder(
  name: string,
  more: Dictionary = {},
): { plugin: Dictionary; calls: { method: string; event: Dictionary }[] } {
  const calls: { method: string; event: Dictionary }[] = [];
  const plugin: Dictionary = {
    name,
    version: "1.0.0",
    type: "destination",
    isLoaded: () => true,
    load: () => Promise.resolve(),
  };
  for (const method of ["track", "page", "identify", "group", "alias", "screen"]) {
    plugin[method] = (ctx: { event: Dictionary }) => {
      calls.push({ method, event: ctx.event });
      return ctx;
    };
  }
  return { plugin: { ...plugin, ...more }, calls };
}

/** Lets the script whose factory is `libraryName` arrive and set it. */
export async function arrive(libraryName: string, factory: (settings: Dictionary) => unknown): Promise<void> {
  const found = inserted().filter(({ src }) => src.includes(`/${libraryName.replace(/Destination$/, "")}`));
  if (found.length === 0) throw new Error(`no script for ${libraryName}`);
  for (const script of found) {
    globals[libraryName] = factory;
    script.onload?.(new Event("load"));
  }
  await settled();
}

/** Addresses of the two, by vitest.config.ts. */
const EARLY = "/actions/edgewise/early.js";
const REST = "/actions/edgewise/rest.js";

/** Lets one of the files that the client fetches on use arrive, for every script that asked for it. */
async function arriveFile(address: string, factory: () => unknown): Promise<void> {
  globals["edgewise:lazy"] = factory;
  for (const script of inserted().filter(({ src }) => src.endsWith(address))) script.onload?.(new Event("load"));
  await settled();
}

/** Lets what the client fetches first arrive. */
export async function arriveEarly(): Promise<void> {
  await arriveFile(EARLY, early);
}

/** Lets both arrive: the second is asked for once the first is there. */
export async function arriveRest(factory: () => unknown = rest): Promise<void> {
  await arriveEarly();
  await arriveFile(REST, factory);
}

/** The script of that destination answers with an error. */
export async function fail(part: string): Promise<void> {
  for (const script of inserted().filter(({ src }) => src.includes(part))) script.onerror?.("error");
  await settled();
}

/** Runs the client for one source and gives the instance that it made the global. */
export function start(page: FakePage, settings: unknown, more: Partial<Inlined> & { key?: string; parts?: Parts } = {}): Client {
  const { key = "analytics", parts = {}, ...inlined } = more;
  const about: Inlined = { writeKey: "wk_1", cdn: "https://edge.example", settings, ...inlined };
  // As `main.ts` finds it.
  const tag = document.currentScript ?? about.tag;
  boot({ env: page.env, parts, inlined: about, tag });
  return globals[key] as Client;
}

/** The snippet's array with buffered calls. */
export function buffered(
  writeKey: string,
  calls: unknown[][],
  more: Dictionary = {},
  key = "analytics",
): unknown[] & Dictionary {
  const stub = Object.assign([...calls] as unknown[], {
    _writeKey: writeKey,
    invoked: true,
    ...more,
  }) as unknown as unknown[] & Dictionary;
  globals[key] = stub;
  return stub;
}
