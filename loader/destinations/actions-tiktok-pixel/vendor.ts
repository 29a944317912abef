import type { Dictionary } from "../../src/objects";
import { defer, type Queue } from "../shared/queue";
import { vendorScript } from "../shared/vendor-script";

/** TikTok's documented address (ads.tiktok.com/help, "Get started with Pixel": the base code). */
const SCRIPT = "https://analytics.tiktok.com/i18n/pixel/events.js";

const METHODS = [
  "page",
  "track",
  "identify",
  "instances",
  "debug",
  "on",
  "off",
  "once",
  "ready",
  "alias",
  "group",
  "enableCookie",
  "disableCookie",
  "holdConsent",
  "revokeConsent",
  "grantConsent",
];

/** What this destination uses of one pixel: the script's, or the queue that stands for it. */
export interface Pixel {
  page(): unknown;
  track(event: string, parameters: Dictionary, options: Dictionary): unknown;
  identify(person: Dictionary): unknown;
}

interface Ttq {
  /** Pixels by code, as long as the script has not come. */
  _i?: Record<string, unknown>;
  instance(code: string): Pixel;
  load(code: string, options: Dictionary): unknown;
}

interface Page {
  ttq?: Ttq;
  TiktokAnalyticsObject?: string;
}

/** The script finds what waits in these fields: `_i` queues, `_t` times and `_o` options, each by pixel code. */
function stub(page: Page): Ttq {
  if (page.ttq) return page.ttq;
  const pixels: Record<string, Queue> = {};
  const times: Record<string, number> = {};
  const options: Record<string, Dictionary> = {};
  const ttq = Object.assign(defer([], METHODS), {
    methods: METHODS,
    setAndDefer: (target: unknown[], method: string) => defer(target, [method]),
    _i: pixels,
    _t: times,
    _o: options,
    instance: (code: string) => defer(pixels[code] ?? [], METHODS) as unknown as Pixel,
    load: (code: string, given: Dictionary) => {
      pixels[code] = Object.assign([] as unknown as Queue, { _u: SCRIPT });
      times[code] = Date.now();
      options[code] = given;
      return vendorScript(`${SCRIPT}?sdkid=${encodeURIComponent(code)}&lib=ttq`);
    },
  });
  page.TiktokAnalyticsObject = "ttq";
  page.ttq = ttq;
  return ttq;
}

/** One pixel, usable at once, and the promise of the script behind it. */
export function createPixel(
  code: string,
  options: Dictionary,
): { readonly pixel: () => Pixel; readonly loaded: Promise<unknown> } {
  const page = window as Page;
  const ttq = stub(page);
  // A page that has this pixel already keeps it; the script of a pixel is for that pixel only.
  const loaded = ttq._i && code in ttq._i ? undefined : ttq.load(code, options);
  return {
    // Looked up at each call: the script puts its own object in the stub's place.
    pixel: () => (page.ttq ?? ttq).instance(code),
    loaded: Promise.resolve(loaded),
  };
}
