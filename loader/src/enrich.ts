import { readCookie } from "./cookies";
import type { AnalyticsEvent } from "./event";
import { attempt, dictionary, isObject, isString, type Dictionary } from "./objects";
import type { Storage } from "./storage";
import { VERSION } from "./version";

/** Ad networks whose click ids become `context.referrer` (analytics-next's env-enrichment). */
const AD_PARAMETERS: Record<string, string> = { btid: "dataxu", urid: "millennial-media" };
const AD_KEY = "s:context.referrer";

/** Pairs of a query as the official client splits them: a second "?" counts as "&", nothing is decoded. */
function pairs(query: string): [string, string][] {
  return query
    .replace(/^\?/, "")
    .split(/[?&]/)
    .map((part): [string, string] => {
      const [key = "", value = ""] = part.split("=");
      return [key, value];
    });
}

function decoded(text: string): string {
  return attempt(() => decodeURIComponent(text.replace(/\+/g, " "))) ?? text;
}

/** The campaign of `utm_*` parameters; `utm_campaign` is its name. */
export function campaignOf(query: string): Record<string, string> {
  const campaign: Record<string, string> = {};
  for (const [key, value] of pairs(query)) {
    if (!key.includes("utm_") || key.length <= 4) continue;
    const name = key.slice(4);
    campaign[name === "campaign" ? "name" : name] = decoded(value);
  }
  return campaign;
}

function adOf(query: string): Dictionary | undefined {
  const found = pairs(query).find(([key]) => key in AD_PARAMETERS);
  return found && { id: found[1], type: AD_PARAMETERS[found[0]] };
}

/** Of browsers since 2025; the type library is of an earlier year. */
declare const Temporal: { readonly Now: { readonly timeZoneId: () => string } };

interface AgentData {
  readonly userAgentData?: { toJSON: () => Dictionary };
}

/** Adds what every event tells about browser, page and campaign to its context. */
export function enrich(event: AnalyticsEvent, window: Window, cookies: Storage): void {
  const { context } = event;
  const { navigator } = window;
  const search = context.page?.search;
  const query = isString(search) ? search : "";

  context.userAgent = navigator.userAgent;
  const agent = (navigator as AgentData).userAgentData;
  if (agent) context.userAgentData = attempt(() => agent.toJSON());
  context.locale ??= navigator.language;
  context.library ??= { name: "analytics.js", version: `edgewise-${VERSION}` };
  if (query && !context.campaign) context.campaign = campaignOf(query);

  const amp = attempt(() => readCookie(window, "_ga"));
  if (amp?.startsWith("amp")) context.amp = { id: amp };

  const ad = adOf(query) ?? cookies.get(AD_KEY);
  if (isObject(ad)) {
    context.referrer = { ...dictionary(context.referrer), ...ad };
    cookies.set(AD_KEY, ad);
  }
  // Both name it alike. A page's first formatter has the browser read its tables of languages, which holds the page up
  // for 20 ms and more; where there is a clock to be asked, nobody waits for them.
  context.timezone =
    attempt(() => Temporal.Now.timeZoneId()) ?? attempt(() => Intl.DateTimeFormat().resolvedOptions().timeZone);
}
