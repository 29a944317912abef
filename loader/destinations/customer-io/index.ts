import { isObject, type Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import { textOf } from "../shared/message";
import { claim } from "../shared/only-one";
import { destination, type Host } from "../shared/plugin";
import { defer } from "../shared/queue";
import { Settings } from "../shared/settings";
import { vendorScript } from "../shared/vendor-script";

const METHODS = ["load", "identify", "sidentify", "track", "page"];

/** Customer.io's queue of calls, which its script replaces (customer.io/docs, "JavaScript source: classic snippet"). */
interface Cio {
  identify(person: Dictionary): unknown;
  track(event: string, data: Dictionary): unknown;
  page(name: string, data: Dictionary): unknown;
}

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

/** The values with every point in time as seconds since 1970, all the way down. */
export function withSeconds(value: unknown): unknown {
  if (value instanceof Date) return Math.floor(value.getTime() / 1000);
  if (typeof value === "string" && ISO.test(value)) {
    const time = Date.parse(value);
    return Number.isNaN(time) ? value : Math.floor(time / 1000);
  }
  if (Array.isArray(value)) return value.map(withSeconds);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withSeconds(item)]));
}

/** A person for the traits of an identify call. */
export function person(userId: string, { createdAt, ...traits }: Dictionary): Dictionary {
  return { ...traits, ...(createdAt !== undefined && { created_at: createdAt }), id: userId };
}

/** Customer.io's classic snippet: a page has one workspace. */
export default function customerIo(values: Dictionary): Plugin<Host> {
  const settings = new Settings(values);
  const siteId = settings.required("siteId");
  const dated = settings.flag("convertToUnixTime", true);
  const page = window as { _cio?: Cio };
  const cio = (): Cio => (page._cio ??= defer([], METHODS) as unknown as Cio);
  const data = (given: Dictionary): Dictionary => (dated ? (withSeconds(given) as Dictionary) : given);

  return destination("Customer.io", {
    load: async (host) => {
      claim("Customer.io", siteId);
      const present = page._cio !== undefined;
      const user = host.user();
      const id = user.id();
      if (id) cio().identify(data(person(id, user.traits())));
      else cio();
      if (present) return;
      const place = settings.text("datacenter") === "eu" ? "-eu" : "";
      await vendorScript(`https://assets.customer.io/assets/track${place}.js`, {
        attributes: { id: "cio-tracker", "data-site-id": siteId, "data-use-array-params": "true" },
      });
    },
    // Without an id there is nobody whom the traits could belong to.
    identify: ({ userId, traits = {} }) => {
      if (userId) cio().identify(data(person(userId, traits)));
    },
    track: ({ event = "", properties = {} }) => {
      cio().track(event, data(properties));
    },
    page: ({ name, properties = {} }) => {
      cio().page(textOf(name) ?? textOf(properties.url) ?? location.href, data(properties));
    },
  });
}
