import type { AnalyticsEvent } from "./event";
import type { Identity } from "./identity";
import type { Manifest } from "./manifest";
import { dictionary, strings, type Dictionary } from "./objects";
import { COLLECTOR } from "./routing";

export interface PayloadInputs {
  readonly writeKey: string;
  readonly integrations: Manifest["integrations"];
  readonly user: Identity;
}

/** Which destinations the browser served itself, so that nobody serves them again (analytics-next segmentio/normalize). */
function metadata(settings: Dictionary, integrations: Manifest["integrations"]): Dictionary {
  if (settings.addBundledMetadata === false) return {};
  const status = (name: string): unknown => integrations[name]?.bundlingStatus;
  const names = Object.keys(integrations);
  const bundled = names.filter((name) => name === COLLECTOR || status(name) === "bundled").sort();
  const unbundled = names
    .filter((name) => status(name) === "unbundled")
    .concat(strings(settings.unbundledIntegrations));
  const ids = dictionary(settings.maybeBundledConfigIds);
  return {
    bundled,
    unbundled: [...new Set(unbundled)].sort(),
    bundledIds: bundled.flatMap((name) => strings(ids[name])),
  };
}

/**
 * What the collector is sent of an event, but for `sentAt` (analytics-next plugins/segmentio). Throws on what is no JSON.
 * `settings`: the `Segment.io` settings, those of the load options merged in; `failed`: creation names of destinations that
 * could not be loaded.
 */
export function payloadOf(
  event: AnalyticsEvent,
  { user, writeKey, integrations }: PayloadInputs,
  settings: Dictionary,
  failed: readonly string[],
): Dictionary {
  const payload = JSON.parse(JSON.stringify(event)) as Dictionary;
  if (event.type === "track") delete payload.traits;
  if (event.type === "alias") payload.previousId ??= payload.from ?? user.id() ?? user.anonymousId();
  payload.writeKey = writeKey;
  payload.userId = event.userId || user.id();
  payload.anonymousId = event.anonymousId || user.anonymousId();
  const described = { ...(failed.length && { failedInitializations: failed }), ...metadata(settings, integrations) };
  if (Object.keys(described)[0]) payload._metadata = described;
  return payload;
}
