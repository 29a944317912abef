import { isObject, type Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import { at, defined, numberOf, textOf, type AnalyticsEvent } from "../shared/message";
import { pageEvent } from "../shared/page-event";
import { destination, type Host } from "../shared/plugin";
import { Settings } from "../shared/settings";
import { createInstance, type IdentifySteps, type Instance, type QueuedCall } from "./vendor";

/** The SDK's configuration for a destination's settings: events come from page calls, not from the SDK's own watching. */
export function configuration(settings: Settings): Dictionary {
  const batch = settings.flag("batchEvents", false);
  return defined({
    autocapture: {
      attribution:
        ["trackUtmProperties", "trackReferrer"].some((name) => settings.flag(name, true)) ||
        settings.flag("trackGclid", false),
      sessions: settings.flag("trackSessionEvents", false),
      pageViews: false,
      formInteractions: false,
      fileDownloads: false,
      elementInteractions: false,
    },
    // The destination's settings are what counts; the SDK would fetch others from Amplitude and prefer them.
    remoteConfig: { fetchRemoteConfig: false },
    appVersion: settings.text("versionName") || undefined,
    flushQueueSize: batch ? settings.number("eventUploadThreshold", 30) : undefined,
    flushIntervalMillis: batch ? settings.number("eventUploadPeriodMillis", 30_000) : undefined,
    deviceId: settings.flag("deviceIdFromUrlParam", false)
      ? (new URLSearchParams(location.search).get("amp_device_id") ?? undefined)
      : undefined,
  });
}

/** Traits as steps of an Identify: added, kept once, or set, by the settings that name them. */
export function identifySteps(traits: Dictionary, settings: Settings): IdentifySteps {
  const increment = new Set(settings.list("traitsToIncrement"));
  const once = new Set(settings.list("traitsToSetOnce"));
  const steps = Object.entries(traits).map(([name, value]): QueuedCall => {
    const amount = increment.has(name) ? numberOf(value) : undefined;
    if (amount !== undefined) return { name: "add", args: [name, amount] };
    return { name: once.has(name) ? "setOnce" : "set", args: [name, value] };
  });
  return { _q: steps };
}

/** An event with its money, which Amplitude reads from fields of its own. */
export function amplitudeEvent(name: string, event: AnalyticsEvent, settings: Settings): Dictionary {
  const { properties = {} } = event;
  const added: Dictionary = {};
  if (event.type === "track") {
    for (const [path, key] of Object.entries(settings.map("appendFieldsToEventProps"))) {
      const value = at(event, path);
      if (value !== undefined) added[key] = value;
    }
  }
  const revenue = event.type === "track" ? numberOf(properties.revenue) : undefined;
  return defined({
    event_type: name,
    event_properties: { ...properties, ...added },
    insert_id: event.messageId,
    revenue,
    price: revenue === undefined ? undefined : numberOf(properties.price),
    quantity: revenue === undefined ? undefined : numberOf(properties.quantity),
    productId: revenue === undefined ? undefined : (textOf(properties.productId) ?? textOf(properties.product_id)),
    revenueType: revenue === undefined ? undefined : textOf(properties.revenueType),
  });
}

/** Amplitude through its Browser SDK 2, one instance for each destination. */
export default function amplitude(values: Dictionary): Plugin<Host> {
  const settings = new Settings(values);
  const apiKey = settings.required("apiKey");
  const anonymousDevice = settings.flag("preferAnonymousIdForDeviceId", false);
  let instance: Instance | undefined;
  let started: Promise<unknown> | undefined;
  let device: string | undefined;

  /** Calls the instance when it takes events, with the device id that belongs to this one. */
  const given = async ({ anonymousId }: AnalyticsEvent, call: (target: Instance) => void): Promise<void> => {
    // In the midst of its start the SDK takes events before it has what sends them, and drops them without a word. What
    // waits in its queue is kept.
    if (!instance?._q?.length) await started;
    if (!instance) return;
    if (anonymousDevice && anonymousId && anonymousId !== device) {
      device = anonymousId;
      instance.setDeviceId(anonymousId);
    }
    call(instance);
  };

  return destination("Amplitude", {
    load: (host) => {
      const created = createInstance(apiKey);
      instance = created.instance;
      const user = host.user();
      const options = configuration(settings);
      if (anonymousDevice) {
        device = user.anonymousId() ?? undefined;
        if (device !== undefined) options.deviceId = device;
      }
      started = instance.init(apiKey, user.id() ?? undefined, options)?.promise;
      return created.loaded;
    },
    track: (event) =>
      given(event, (target) => {
        target.track(amplitudeEvent(event.event ?? "", event, settings));
      }),
    page: (event) => {
      const name = pageEvent(event, settings, { named: true, categorized: true });
      if (name === undefined) return;
      return given(event, (target) => {
        target.track(amplitudeEvent(name, event, settings));
      });
    },
    identify: (event) =>
      given(event, (target) => {
        if (event.userId) target.setUserId(event.userId);
        if (event.traits && Object.keys(event.traits).length > 0) target.identify(identifySteps(event.traits, settings));
      }),
    group: (event) =>
      given(event, (target) => {
        const { traits = {} } = event;
        const type = textOf(traits[settings.text("groupTypeTrait")]);
        const value = textOf(traits[settings.text("groupValueTrait")]);
        if (type !== undefined && value !== undefined) {
          target.setGroup(type, value);
          if (isObject(event.traits)) target.groupIdentify(type, value, identifySteps(traits, new Settings({})));
        } else if (event.groupId) {
          target.setGroup("[Segment] Group", event.groupId);
        }
      }),
  });
}
