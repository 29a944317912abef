import { isObject, type Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import { defined, textOf, type AnalyticsEvent } from "../shared/message";
import { destination, type Host } from "../shared/plugin";
import { Settings } from "../shared/settings";
import { company, metadata, person } from "./person";
import { intercomFor, type Intercom } from "./vendor";

/** The setting's default, which stands for Intercom's own button. */
const OWN_BUTTON = "#IntercomDefaultWidget";

/** What the page says about the visitor beside traits: the proof of who they are (Intercom's identity verification). */
function verification({ integrations = {} }: AnalyticsEvent): Dictionary {
  const given = integrations.Intercom;
  return isObject(given) ? defined({ user_hash: textOf(given.user_hash) ?? textOf(given.userHash) }) : {};
}

/** Intercom's messenger: a page has one. */
export default function intercomDestination(values: Dictionary): Plugin<Host> {
  const settings = new Settings(values);
  const appId = settings.text("appId");
  if (appId === "") throw new Error("setting appId is missing");
  let intercom: (() => Intercom) | undefined;

  return destination("Intercom", {
    load: async (host) => {
      const created = intercomFor(appId);
      intercom = created.intercom;
      const button = settings.text("activator", OWN_BUTTON);
      const user = host.user();
      const options = {
        app_id: appId,
        api_base: settings.text("apiBase") || undefined,
        custom_launcher_selector: button === OWN_BUTTON ? undefined : button,
        ...(user.id() ? person(user.id(), user.traits()) : {}),
      };
      intercom()("boot", defined(options));
      await created.loaded;
    },
    identify: (event) => {
      const known = { ...person(event.userId, event.traits ?? {}), ...verification(event) };
      if (Object.keys(known).length > 0) intercom?.()("update", known);
    },
    group: ({ groupId, traits = {} }) => {
      const known = company(textOf(groupId), traits);
      if (known) intercom?.()("update", { company: known });
    },
    // Intercom looks for new messages, and at the address, when it is told that the page has changed.
    page: () => {
      intercom?.()("update");
    },
    track: ({ event = "", properties = {} }) => {
      intercom?.()("trackEvent", event, metadata(properties));
    },
  });
}
