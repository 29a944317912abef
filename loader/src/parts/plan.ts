import type { AnalyticsEvent, Integrations } from "../event";
import { dictionary, isObject, type Dictionary } from "../objects";

/**
 * The tracking plan as the official client applies it (its plugins/schema-filter): an event that the plan disables
 * goes to the collector only, and to destinations that its own `integrations` name; of an enabled one the plan may
 * switch integrations on and off.
 */
export default function plan(settings: unknown, event: AnalyticsEvent): void {
  const { plan, remotePlugins } = dictionary(settings);
  const { track } = dictionary(plan);
  if (!isObject(track) || !event.event) return;
  const planned = dictionary(track[event.event]);
  const integrations = dictionary(planned.integrations);
  const byDefault: unknown = dictionary(track.__default).enabled ?? true;
  const enabled = typeof planned.enabled === "boolean" ? planned.enabled : byDefault;
  Object.assign(
    event.integrations,
    enabled ? { ...integrations, ...actionsOff(integrations, remotePlugins) } : { All: false, "Segment.io": true },
  );
}

/** Actions of a destination that the plan switches off are named one by one, as the collector's readers know them. */
function actionsOff(integrations: Dictionary, remotePlugins: unknown): Integrations {
  const off: Integrations = {};
  for (const plugin of (Array.isArray(remotePlugins) ? remotePlugins : []) as unknown[]) {
    const { name, creationName, settings } = dictionary(plugin);
    const { subscriptions } = dictionary(settings);
    if (integrations[String(creationName)] !== false || !Array.isArray(subscriptions)) continue;
    for (const one of subscriptions as unknown[]) {
      off[`${String(name)} ${String(dictionary(one).partnerAction)}`] = false;
    }
  }
  return off;
}
