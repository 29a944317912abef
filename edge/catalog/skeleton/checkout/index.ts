import type { Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import { textOf } from "../shared/message";
import { destination, type Host } from "../shared/plugin";
import { Settings } from "../shared/settings";
import { vendorFor, type Vendor } from "./vendor";

/** __NAME__: one account per page. */
export default function __LIBRARY__(values: Dictionary): Plugin<Host> {
  const settings = new Settings(values);
  const account = settings.required("account");
  let vendor: (() => Vendor) | undefined;

  return destination("__NAME__", {
    load: async (host) => {
      const created = vendorFor(account);
      vendor = created.vendor;
      const id = host.user().id();
      if (id) vendor()("user", id);
      await created.loaded;
    },
    page: (event) => {
      vendor?.()("view", textOf(event.name));
    },
    track: ({ event = "", properties = {} }) => {
      vendor?.()("event", event, properties);
    },
    identify: ({ userId }) => {
      if (userId) vendor?.()("user", userId);
    },
  });
}
