import type { Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import { defined, type AnalyticsEvent } from "../shared/message";
import { pageEvent } from "../shared/page-event";
import { destination, type Host } from "../shared/plugin";
import { Settings } from "../shared/settings";
import { vendorScript } from "../shared/vendor-script";

/** The container's address (developers.google.com/tag-platform/tag-manager/datalayer). */
export function containerUrl(containerId: string, layer: string, environment: string): string {
  const url = new URL("https://www.googletagmanager.com/gtm.js");
  url.searchParams.set("id", containerId);
  if (layer !== "dataLayer") url.searchParams.set("l", layer);
  // The setting holds what Google's snippet for an environment appends, such as "gtm_auth=...&gtm_preview=env-5".
  new URLSearchParams(environment.includes("=") ? environment : environment && `gtm_preview=${environment}`).forEach(
    (value, name) => {
      url.searchParams.set(name, value);
    },
  );
  return url.href;
}

/** The page's containers, first come first. On the window, not in this module: see `claim` of `../shared/only-one`. */
const KEY = Symbol.for("edgewise.containers");

/**
 * The first container of a page has the usual data layer, which the page's own tags fill too; each further one
 * has its own, or every event would reach every container as often as there are containers.
 */
function layerFor(containerId: string): string {
  const page = window as unknown as Record<symbol, string[] | undefined>;
  const containers = (page[KEY] ??= []);
  if (!containers.includes(containerId)) containers.push(containerId);
  return containers[0] === containerId ? "dataLayer" : `dataLayer_${containerId.replace(/\W/g, "_")}`;
}

/** Google Tag Manager: each event is pushed to the container's data layer. */
export default function googleTagManager(values: Dictionary): Plugin<Host> {
  const settings = new Settings(values);
  const containerId = settings.required("containerId");
  const name = layerFor(containerId);
  const push = (entry: Dictionary): void => {
    const page = window as unknown as Partial<Record<string, unknown[]>>;
    (page[name] ??= []).push(entry);
  };
  const send = (event: string, { properties, anonymousId, userId }: AnalyticsEvent): void => {
    push(
      defined({
        ...properties,
        event,
        segmentAnonymousId: anonymousId ?? undefined,
        segmentUserId: userId ?? undefined,
      }),
    );
  };

  return destination("Google Tag Manager", {
    load: () => {
      push({ "gtm.start": Date.now(), event: "gtm.js" });
      return vendorScript(containerUrl(containerId, name, settings.text("environment")));
    },
    track: (event) => {
      send(event.event ?? "", event);
    },
    page: (event) => {
      const title = pageEvent(event, settings, { named: false, categorized: false });
      if (title !== undefined) send(title, event);
    },
  });
}
