import type { AnalyticsEvent } from "./event";
import type { Identity } from "./identity";
import type { Manifest } from "./manifest";
import { copy, isObject, isString, type Dictionary } from "./objects";
import { COLLECTOR } from "./routing";

export interface PayloadInputs {
  readonly writeKey: string;
  /** The `Segment.io` settings, those of the load options merged in. */
  readonly settings: Dictionary;
  readonly integrations: Manifest["integrations"];
  readonly user: Identity;
  /** Creation names of destinations that could not be loaded. */
  readonly failed: readonly string[];
  readonly sentAt: Date;
}

const strings = (value: unknown): string[] => (Array.isArray(value) ? value.filter(isString) : []);

/** Which destinations the browser served itself, so that nobody serves them again (analytics-next segmentio/normalize). */
function metadata({ settings, integrations, failed }: PayloadInputs): Dictionary | undefined {
  const status = (wanted: string): string[] =>
    Object.keys(integrations).filter((name) => integrations[name]?.bundlingStatus === wanted);
  const result: Dictionary = failed.length > 0 ? { failedInitializations: failed } : {};
  if (settings.addBundledMetadata !== false) {
    const bundled = [...new Set([...Object.keys(integrations).filter((name) => name === COLLECTOR), ...status("bundled")])].sort();
    const ids = isObject(settings.maybeBundledConfigIds) ? settings.maybeBundledConfigIds : {};
    result.bundled = bundled;
    result.unbundled = [...new Set([...status("unbundled"), ...strings(settings.unbundledIntegrations)])].sort();
    result.bundledIds = bundled.flatMap((name) => strings(ids[name]));
  }
  return Object.keys(result).length > 0 ? result : undefined;
}

/** The body of one post to the collector (analytics-next plugins/segmentio). */
export function payloadOf(event: AnalyticsEvent, inputs: PayloadInputs): Dictionary {
  const { user } = inputs;
  const payload: Dictionary = copy(event);
  if (event.type === "track") delete payload.traits;
  if (event.type === "alias") payload.previousId ??= payload.from ?? user.id() ?? user.anonymousId();
  payload.writeKey = inputs.writeKey;
  payload.userId = event.userId || user.id();
  payload.anonymousId = event.anonymousId || user.anonymousId();
  payload.sentAt = inputs.sentAt;
  const described = metadata(inputs);
  if (described) payload._metadata = described;
  return payload;
}
