import type { Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import { FirstView } from "../shared/first-view";
import { flat } from "../shared/flat";
import { textOf } from "../shared/message";
import { claim } from "../shared/only-one";
import { destination, type Host } from "../shared/plugin";
import { Settings } from "../shared/settings";
import { vendorScript } from "../shared/vendor-script";

/** HubSpot's queue of commands (developers.hubspot.com, "Tracking code API"). */
interface Page {
  _hsq?: { push(command: readonly unknown[]): unknown };
}

/** HubSpot's address for an account, and that of its forms: the parts of its embed code. */
export function scripts(portalId: string, europe: boolean): { readonly tracking: string; readonly forms: string } {
  const place = europe ? "-eu1" : "";
  return {
    tracking: `https://js${place}.hs-scripts.com/${portalId}.js`,
    forms: `https://js${place}.hsforms.net/forms/embed/v2.js`,
  };
}

/** Names that HubSpot has for a contact's properties by default. */
const CONTACT: Readonly<Record<string, string>> = {
  createdAt: "createdate",
  firstName: "firstname",
  lastName: "lastname",
  "address.city": "city",
  "address.country": "country",
  "address.postalCode": "zip",
  "address.state": "state",
  "address.street": "address",
};

/** A contact for the traits of an identify call; HubSpot's own names are lower-case with underscores. */
export function contact(userId: string | null | undefined, traits: Dictionary): Dictionary {
  const entries = Object.entries(flat(traits)).map(([name, value]): [string, unknown] => [
    CONTACT[name] ?? name.toLowerCase().replace(/[^a-z0-9]+/g, "_"),
    value,
  ]);
  return { ...Object.fromEntries(entries), ...(userId && { id: userId }) };
}

/** HubSpot's tracking code: a page has one account. */
export default function hubspot(values: Dictionary): Plugin<Host> {
  const settings = new Settings(values);
  const portalId = settings.required("portalId");
  const firstView = new FirstView();
  const page = window as Page;
  // Looked up at each call: the script puts its own object in the array's place.
  const push = (...command: unknown[]): void => {
    page._hsq?.push(command);
  };

  return destination("HubSpot", {
    load: async (host) => {
      claim("HubSpot", portalId);
      page._hsq ??= [];
      const user = host.user();
      const email = textOf(user.traits().email);
      if (email !== undefined) push("identify", contact(user.id(), user.traits()));
      // The script counts the page it starts on by itself.
      firstView.start();
      const { tracking, forms } = scripts(portalId, settings.flag("enableEuropeanDataCenter", false));
      const loading = [vendorScript(tracking, { attributes: { id: "hs-script-loader" } })];
      if (settings.flag("loadFormsSdk", false)) loading.push(vendorScript(forms));
      await Promise.all(loading);
    },
    page: (event) => {
      if (firstView.isThisOne(event)) return;
      const shown = (event.context?.page ?? {}) as Dictionary;
      push("setPath", (textOf(shown.path) ?? location.pathname) + (textOf(shown.search) ?? ""));
      push("trackPageView");
    },
    // HubSpot makes a contact of whoever has an email; the next event or page view carries it there.
    identify: ({ userId, traits = {} }) => {
      if (textOf(traits.email) !== undefined) push("identify", contact(userId, traits));
    },
    track: ({ event = "", properties = {} }) => {
      push("trackCustomBehavioralEvent", { name: event, properties: flat(properties) });
    },
  });
}
