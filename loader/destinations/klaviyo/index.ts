import type { Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import { destination, type Host } from "../shared/plugin";
import { Settings } from "../shared/settings";
import { eventName, eventProperties, person } from "./events";
import { klaviyoFor, type Klaviyo } from "./vendor";

/** Klaviyo's onsite script: a page has one account. */
export default function klaviyoDestination(values: Dictionary): Plugin<Host> {
  const settings = new Settings(values);
  const siteId = settings.required("apiKey");
  let klaviyo: (() => Klaviyo) | undefined;

  const identify = (userId: string | null | undefined, traits: Dictionary): void => {
    const known = person(userId, traits, settings.flag("enforceEmail", true));
    if (known) klaviyo?.().identify(known);
  };

  return destination("Klaviyo", {
    load: async (host) => {
      const created = klaviyoFor(siteId);
      klaviyo = created.klaviyo;
      const user = host.user();
      identify(user.id(), user.traits());
      await created.loaded;
    },
    identify: ({ userId, traits = {} }) => {
      identify(userId, traits);
    },
    track: ({ event = "", properties = {} }) => {
      // The promise is not waited for: it stays open until the script has come.
      void klaviyo?.().track(eventName(event), eventProperties(event, properties));
    },
  });
}
