import { isObject, type Dictionary } from "../../src/objects";
import { defined, textOf } from "../shared/message";
import type { Settings } from "../shared/settings";

/** Properties that tell who somebody is; Meta's terms forbid them in events (business.facebook.com/policies). */
const PERSONAL = ["email", "firstName", "lastName", "gender", "city", "country", "phone", "state", "zip", "birthday"];

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What becomes of each personal property: some are allowed, some replaced by a hash, all others left out. */
export async function withoutPersonal(properties: Dictionary, settings: Settings): Promise<Dictionary> {
  const allowed = new Set(settings.list("whitelistPiiProperties"));
  const listed = new Map(
    settings.objects("blacklistPiiProperties").map((rule) => [String(rule.propertyName), rule.hashProperty === true]),
  );
  const result: Dictionary = {};
  for (const [name, value] of Object.entries(properties)) {
    const hashed = listed.get(name);
    if (hashed === undefined) {
      if (!PERSONAL.includes(name) || allowed.has(name)) result[name] = value;
      continue;
    }
    const text = textOf(value);
    // Hashing needs a secure page; on any other the property is left out.
    if (hashed && text !== undefined && typeof crypto.subtle === "object") result[name] = await sha256(text);
  }
  return result;
}

interface Person {
  readonly userId: string | null;
  readonly anonymousId: string | null;
  readonly traits: Dictionary;
}

const letters = (value: unknown): string | undefined => textOf(value)?.trim().toLowerCase();
const digits = (value: unknown): string | undefined => textOf(value)?.replace(/\D/g, "") || undefined;

/** Advanced matching (developers.facebook.com/docs/meta-pixel/advanced/advanced-matching); fbevents.js hashes it. */
export function advancedMatching({ userId, anonymousId, traits }: Person, settings: Settings): Dictionary | undefined {
  const externalTrait = settings.text("keyForExternalId");
  const external =
    (externalTrait ? textOf(traits[externalTrait]) : undefined) ??
    (settings.flag("userIdAsExternalId", false) ? (userId ?? anonymousId ?? undefined) : undefined);
  const address = isObject(traits.address) ? traits.address : {};
  const [first, ...rest] = (textOf(traits.name) ?? "").split(" ");
  const known = settings.flag("initWithExistingTraits", false)
    ? {
        em: letters(traits.email),
        ph: digits(traits.phone),
        fn: letters(traits.firstName ?? first),
        ln: letters(traits.lastName ?? rest.join(" ")),
        ge: letters(traits.gender)?.charAt(0),
        db: digits(traits.birthday),
        ct: letters(address.city)?.replace(/\s/g, ""),
        st: letters(address.state),
        zp: letters(address.postalCode ?? address.zip),
        country: letters(address.country),
      }
    : {};
  const result = defined({ ...known, external_id: external });
  return Object.keys(result).length > 0 ? result : undefined;
}
