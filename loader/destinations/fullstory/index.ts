import type { Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import { defined, textOf, type AnalyticsEvent } from "../shared/message";
import { destination, type Host } from "../shared/plugin";
import { Settings } from "../shared/settings";
import { fullStory, type FullStory } from "./vendor";

/** Traits that FullStory shows by names of its own (developer.fullstory.com, "Set user properties"). */
export function userProperties({ name, ...traits }: Dictionary): Dictionary {
  return defined({ ...traits, displayName: textOf(traits.displayName) ?? textOf(name) });
}

/** The most specific name of a page that the settings want told; undefined where they want none. */
export function pageName(event: AnalyticsEvent, settings: Settings): string | undefined {
  const category = textOf(event.category) ?? textOf(event.properties?.category);
  const name = textOf(event.name);
  if (name !== undefined && settings.flag("trackNamedPages", false)) return category ? `${category} ${name}` : name;
  if (category !== undefined && settings.flag("trackCategorizedPages", false)) return category;
  return settings.flag("trackAllPages", false) ? (name ?? category ?? "Loaded a Page") : undefined;
}

/** FullStory's browser API, version 2: one organisation per page. */
export default function fullstory(values: Dictionary): Plugin<Host> {
  const settings = new Settings(values);
  const org = settings.required("org");
  let fs: (() => FullStory) | undefined;

  const call = (operation: string, options: Dictionary): void => {
    fs?.()(operation, options, "edgewise");
  };
  const identify = (userId: string | null | undefined, traits: Dictionary): void => {
    const properties = userProperties(traits);
    if (userId) call("setIdentity", { uid: userId, properties });
    else if (Object.keys(properties).length > 0) call("setProperties", { type: "user", properties });
  };

  return destination("FullStory", {
    load: async (host) => {
      const options = { debug: settings.flag("debug", false), outer: settings.flag("isOuterScript", false) };
      const created = fullStory(org, options);
      fs = created.fs;
      const user = host.user();
      if (user.id()) identify(user.id(), user.traits());
      await created.loaded;
    },
    track: ({ event = "", properties = {} }) => {
      call("trackEvent", { name: event, properties });
    },
    page: (event) => {
      const name = pageName(event, settings);
      if (name !== undefined) {
        call("setProperties", { type: "page", properties: { ...event.properties, pageName: name } });
      }
    },
    identify: ({ userId, traits = {} }) => {
      identify(userId, traits);
    },
  });
}
