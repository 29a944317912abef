import type { Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import { worthOf } from "../shared/commerce";
import { flat } from "../shared/flat";
import { defined, textOf, type AnalyticsEvent } from "../shared/message";
import { destination, type Host } from "../shared/plugin";
import { Settings } from "../shared/settings";
import { plausibleFor, type Plausible } from "./vendor";

/** The script that leaves page views to the page (plausible.io/docs, "Script extensions"). */
const SCRIPT = "https://plausible.io/js/script.manual.js";

/** Custom properties of one event that Plausible keeps, and the longest value of each. */
const PROPERTIES = 30;
const VALUE_LIMIT = 2_000;

/** The settings' choice of properties, as the texts that Plausible takes. Undefined where there are none. */
export function customProperties(properties: Dictionary, settings: Settings): Record<string, string> | undefined {
  const chosen = settings.list("properties");
  const all = Object.entries(flat(properties)).filter(([name]) => chosen.includes("*") || chosen.includes(name));
  if (all.length === 0) return undefined;
  return Object.fromEntries(all.slice(0, PROPERTIES).map(([name, value]) => [name, String(value).slice(0, VALUE_LIMIT)]));
}

/** What a call tells besides its name. */
export function options(event: AnalyticsEvent, settings: Settings): Dictionary {
  const { type, properties = {} } = event;
  const page = (event.context?.page ?? {}) as Dictionary;
  const amount = type === "track" ? worthOf(properties) : undefined;
  const currency = textOf(properties.currency);
  return defined({
    u: type === "page" ? (textOf(properties.url) ?? textOf(page.url)) : undefined,
    props: customProperties(properties, settings),
    revenue: amount === undefined || currency === undefined ? undefined : { amount, currency },
  });
}

/** Plausible: page views from page calls, goals from track calls. It knows no visitors. */
export default function plausible(values: Dictionary): Plugin<Host> {
  const settings = new Settings(values);
  const site = settings.required("domain");
  let send: (() => Plausible) | undefined;

  return destination("Plausible", {
    load: async () => {
      const created = plausibleFor(site, settings.text("script", SCRIPT), settings.text("endpoint"));
      send = created.plausible;
      await created.loaded;
    },
    page: (event) => {
      send?.()("pageview", options(event, settings));
    },
    track: (event) => {
      send?.()(event.event ?? "", options(event, settings));
    },
  });
}
