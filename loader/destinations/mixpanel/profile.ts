import type { Dictionary } from "../../src/objects";
import type { Settings } from "../shared/settings";

/** Traits that Mixpanel shows under names of its own (docs.mixpanel.com, reserved profile properties). */
const RESERVED: Readonly<Record<string, string>> = {
  avatar: "$avatar",
  created: "$created",
  createdAt: "$created",
  email: "$email",
  firstName: "$first_name",
  lastName: "$last_name",
  name: "$name",
  phone: "$phone",
  username: "$username",
};

export function reserved(traits: Dictionary): Dictionary {
  return Object.fromEntries(Object.entries(traits).map(([name, value]) => [RESERVED[name] ?? name, value]));
}

function only(traits: Dictionary, names: readonly string[]): Dictionary {
  return Object.fromEntries(Object.entries(traits).filter(([name]) => names.includes(name)));
}

/** What an identify call's traits become: properties of every later event, and of the person's profile. */
export function profile(
  traits: Dictionary,
  settings: Settings,
): { readonly register: Dictionary; readonly people: Dictionary } {
  const all = settings.flag("setAllTraitsByDefault", true);
  const registered = all ? traits : only(traits, settings.list("superProperties"));
  const shown = all ? traits : only(traits, settings.list("peopleProperties"));
  return {
    register: settings.flag("legacySuperProperties", false) ? reserved(registered) : registered,
    people: settings.flag("people", true) ? reserved(shown) : {},
  };
}
