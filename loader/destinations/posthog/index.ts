import type { Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import { defined, textOf, type AnalyticsEvent } from "../shared/message";
import { destination, type Host } from "../shared/plugin";
import { Settings } from "../shared/settings";
import { addresses, createInstance, type Instance } from "./vendor";

/** The library's configuration for a destination's settings: events come from calls, not from the library's watching. */
export function configuration(settings: Settings): Dictionary {
  return {
    api_host: addresses(settings.text("postHogInstance")).api,
    capture_pageview: false,
    capture_pageleave: false,
    autocapture: settings.flag("autocapture", false),
    disable_session_recording: !settings.flag("sessionRecording", false),
    disable_surveys: !settings.flag("surveys", false),
    advanced_disable_feature_flags: !settings.flag("featureFlags", false),
    person_profiles: settings.text("personProfiles", "identified_only"),
    persistence: settings.text("persistence", "localStorage+cookie"),
    respect_dnt: settings.flag("respectDnt", false),
  };
}

/** What a page call says, under the names that PostHog's own page views have. */
export function pageProperties({ name, category, properties = {}, context }: AnalyticsEvent): Dictionary {
  const page = (context?.page ?? {}) as Dictionary;
  return defined({
    ...properties,
    name: textOf(name),
    category: textOf(category) ?? properties.category,
    $current_url: textOf(properties.url) ?? textOf(page.url),
    $pathname: textOf(properties.path) ?? textOf(page.path),
    $referrer: textOf(properties.referrer) ?? textOf(page.referrer),
  });
}

/** PostHog through posthog-js, a named instance for each destination. */
export default function posthog(values: Dictionary): Plugin<Host> {
  const settings = new Settings(values);
  const key = settings.required("apiKey");
  let instance: (() => Instance) | undefined;

  return destination("PostHog", {
    load: (host) => {
      const { script } = addresses(settings.text("postHogInstance"));
      const created = createInstance(key, script, configuration(settings));
      instance = created.instance;
      const user = host.user();
      const id = user.id();
      if (id) instance().identify(id, user.traits());
      return created.loaded;
    },
    track: ({ event = "", properties = {} }) => {
      instance?.().capture(event, properties);
    },
    page: (event) => {
      instance?.().capture("$pageview", pageProperties(event));
    },
    identify: ({ userId, traits = {} }) => {
      if (userId) instance?.().identify(userId, traits);
      else if (Object.keys(traits).length > 0) instance?.().setPersonProperties(traits);
    },
    group: ({ groupId, traits = {} }) => {
      if (groupId) instance?.().group(settings.text("groupType", "company"), groupId, traits);
    },
    alias: ({ userId, previousId }) => {
      if (userId) instance?.().alias(userId, previousId ?? undefined);
    },
  });
}
