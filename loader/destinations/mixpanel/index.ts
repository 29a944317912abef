import type { Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import { defined, numberOf, textOf, type AnalyticsEvent } from "../shared/message";
import { pageEvent } from "../shared/page-event";
import { destination, type Host } from "../shared/plugin";
import { Settings } from "../shared/settings";
import { profile, reserved } from "./profile";
import { createInstance, type Instance } from "./vendor";

/** Where the project's data is kept; without a setting, Mixpanel's own default (United States). */
const EU_HOST = "https://api-eu.mixpanel.com";

/** The library's configuration for a destination's settings. */
export function configuration(settings: Settings): Dictionary {
  return defined({
    api_host: settings.flag("enableEuropeanUnionEndpoint", false) ? EU_HOST : undefined,
    cross_subdomain_cookie: settings.flag("crossSubdomainCookie", true),
    secure_cookie: settings.flag("secureCookie", false),
    persistence: settings.text("persistence", "cookie"),
    track_pageview: false,
  });
}

/** The event that stands for a page call, if the settings want one. */
export function pageName(event: AnalyticsEvent, settings: Settings): string | undefined {
  if (settings.flag("consolidatedPageCalls", false)) return "Loaded a Page";
  return pageEvent(event, settings, { named: false, categorized: false });
}

/** Mixpanel through its JavaScript library, a named instance for each destination. */
export default function mixpanel(values: Dictionary): Plugin<Host> {
  const settings = new Settings(values);
  const token = settings.required("token");
  const people = settings.flag("people", true);
  let instance: (() => Instance) | undefined;

  const properties = (event: AnalyticsEvent): Dictionary =>
    defined({
      ...event.properties,
      segment_source_name: settings.text("sourceName") || undefined,
      $insert_id: event.messageId?.slice(-36),
    });

  const count = (target: Instance, { event, properties: given = {} }: AnalyticsEvent): void => {
    if (!people) return;
    if (event !== undefined && settings.list("eventIncrements").includes(event)) {
      target.people.increment(event);
      target.people.set({ [`Last ${event}`]: new Date() });
    }
    for (const name of settings.list("propIncrements")) {
      const by = numberOf(given[name]);
      if (by !== undefined) target.people.increment(name, by);
    }
    const revenue = numberOf(given.revenue);
    if (revenue !== undefined) target.people.track_charge(revenue);
  };

  return destination("Mixpanel", {
    load: (host) => {
      const created = createInstance(token, configuration(settings));
      instance = created.instance;
      const id = host.user().id();
      if (id) instance().identify(id);
      return created.loaded;
    },
    track: (event) => {
      const target = instance?.();
      if (!target) return;
      target.track(event.event ?? "", properties(event));
      count(target, event);
    },
    page: (event) => {
      const name = pageName(event, settings);
      if (name !== undefined) instance?.().track(name, properties(event));
    },
    identify: ({ userId, traits = {} }) => {
      const target = instance?.();
      if (!target) return;
      if (userId) target.identify(userId);
      const { register, people: shown } = profile(traits, settings);
      if (Object.keys(register).length > 0) target.register(register);
      if (Object.keys(shown).length > 0) target.people.set(shown);
    },
    group: ({ groupId, traits = {} }) => {
      const keys = settings.list("groupIdentifierTraits");
      const once = new Set(settings.list("groupTraitsToSetOnce"));
      for (const key of keys) {
        const id = textOf(traits[key]) ?? groupId ?? undefined;
        const target = instance?.();
        if (id === undefined || !target) continue;
        target.set_group(key, id);
        const entries = Object.entries(reserved(traits));
        const group = target.get_group(key, id);
        const first = entries.filter(([name]) => once.has(name));
        const rest = entries.filter(([name]) => !once.has(name));
        if (first.length > 0) group.set_once(Object.fromEntries(first));
        if (rest.length > 0) group.set(Object.fromEntries(rest));
      }
    },
    alias: ({ userId, previousId }) => {
      if (userId) instance?.().alias(userId, previousId ?? undefined);
    },
  });
}
