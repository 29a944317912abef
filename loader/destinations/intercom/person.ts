import { isObject, type Dictionary } from "../../src/objects";
import { defined, numberOf, textOf } from "../shared/message";

/** A point in time as seconds since 1970, which is how Intercom takes it; other values as they are. */
export function seconds(value: unknown): number | undefined {
  if (value instanceof Date) return Math.floor(value.getTime() / 1000);
  const given = numberOf(value);
  // More seconds than the year 5000 has: milliseconds.
  if (given !== undefined) return given > 1e11 ? Math.floor(given / 1000) : given;
  const parsed = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(parsed) ? undefined : Math.floor(parsed / 1000);
}

type Scalar = string | number | boolean | null;
const isScalar = (value: unknown): value is Scalar =>
  value === null || ["string", "number", "boolean"].includes(typeof value);

/** Traits that Intercom has fields of its own for (developers.intercom.com, "Attributes & objects"). */
const TAKEN = new Set(["id", "email", "phone", "name", "firstName", "lastName", "createdAt", "company", "avatar"]);

/** Attributes of one's own: plain values only, anything deeper Intercom refuses with the whole call. */
function own(values: Dictionary, taken: ReadonlySet<string>): Dictionary {
  return Object.fromEntries(Object.entries(values).filter(([key, value]) => !taken.has(key) && isScalar(value)));
}

const COMPANY_TAKEN = new Set(["id", "name", "createdAt", "plan", "employees", "website", "industry", "monthlySpend"]);

/** A company of Intercom's for a group; undefined without an id, which it must have. */
export function company(id: string | undefined, traits: Dictionary): Dictionary | undefined {
  if (id === undefined) return undefined;
  return defined({
    ...own(traits, COMPANY_TAKEN),
    company_id: id,
    name: textOf(traits.name),
    created_at: seconds(traits.createdAt),
    plan: textOf(traits.plan),
    size: numberOf(traits.employees),
    website: textOf(traits.website),
    industry: textOf(traits.industry),
    monthly_spend: numberOf(traits.monthlySpend),
  });
}

/** A visitor's attributes for the traits of an identify call. */
export function person(userId: string | null | undefined, traits: Dictionary): Dictionary {
  const names = [textOf(traits.firstName), textOf(traits.lastName)].filter((name) => name !== undefined);
  const avatar = textOf(traits.avatar);
  return defined({
    ...own(traits, TAKEN),
    user_id: textOf(userId),
    email: textOf(traits.email),
    phone: textOf(traits.phone),
    name: textOf(traits.name) ?? (names.length > 0 ? names.join(" ") : undefined),
    created_at: seconds(traits.createdAt),
    avatar: avatar === undefined ? undefined : { type: "avatar", image_url: avatar },
    company: isObject(traits.company) ? company(textOf(traits.company.id), traits.company) : undefined,
  });
}

/** What an event tells: plain values, and money in Intercom's form (in cents) where there is any. */
export function metadata(properties: Dictionary): Dictionary {
  const { revenue, currency, ...rest } = properties;
  const amount = numberOf(revenue);
  return defined({
    ...own(rest, new Set()),
    price: amount === undefined ? undefined : { amount: Math.round(amount * 100), currency: textOf(currency) ?? "usd" },
  });
}
