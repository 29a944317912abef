import { decoded } from "./decoded";
import type { AnalyticsEvent } from "./event";
import { attempt, isText, type Dictionary } from "./objects";
import { VERSION } from "./version";

/**
 * The campaign of `utm_*` parameters; `utm_campaign` is its name. The query is split as the official client does: a second
 * "?" counts as "&", and names are not decoded.
 */
export function campaignOf(query: string): Record<string, string> {
  const campaign: Record<string, string> = {};
  for (const pair of query.split(/[?&]/)) {
    const [key = "", value = ""] = pair.split("=");
    const name = key.slice(4);
    if (name && key.includes("utm_")) {
      campaign[name === "campaign" ? "name" : name] = decoded(value, value.replace(/\+/g, " "));
    }
  }
  return campaign;
}

/** Of browsers since 2025; the type library is of an earlier year. */
declare const Temporal: { readonly Now: { readonly timeZoneId: () => string } };

interface AgentData {
  readonly userAgentData?: { toJSON: () => Dictionary };
}

/** Adds what every event tells about browser, page and campaign to its context. */
export function enrich(event: AnalyticsEvent, window: Window): void {
  const { context } = event;
  const { navigator } = window;
  const search = context.page?.search;
  const agent = (navigator as AgentData).userAgentData;

  context.userAgent = navigator.userAgent;
  if (agent) context.userAgentData = attempt(() => agent.toJSON());
  context.locale ??= navigator.language;
  context.library ??= { name: "analytics.js", version: `edgewise-${VERSION}` };
  if (isText(search) && !context.campaign) context.campaign = campaignOf(search);

  // Both name it alike. A page's first formatter has the browser read its tables of languages, which holds the page up
  // for 20 ms and more; where there is a clock to be asked, nobody waits for them.
  context.timezone =
    attempt(() => Temporal.Now.timeZoneId()) ?? attempt(() => Intl.DateTimeFormat().resolvedOptions().timeZone);
}
