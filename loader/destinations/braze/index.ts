import type { Dictionary } from "../../src/objects";
import type { Plugin } from "../../src/plugin";
import { productId, productsOf } from "../shared/commerce";
import { numberOf, textOf, without } from "../shared/message";
import { pageEvent } from "../shared/page-event";
import { destination, type Host } from "../shared/plugin";
import { Settings } from "../shared/settings";
import type { Waiting } from "../shared/waiting";
import { describe } from "./person";
import { brazeFor, type Braze } from "./vendor";

/** SDK endpoint of each of Braze's instances (braze.com/docs, "API and SDK endpoints"). */
export function endpoint(instance: string): string {
  const number = /\d+$/.exec(instance)?.[0] ?? "01";
  return instance.startsWith("eu") ? `sdk.fra-${number}.braze.eu` : `sdk.iad-${number}.braze.com`;
}

/** The SDK's options for a destination's settings. */
export function options(settings: Settings): Dictionary {
  return {
    baseUrl: settings.text("customEndpoint") || endpoint(settings.text("datacenter")),
    sessionTimeoutInSeconds: settings.number("sessionTimeoutInSeconds", 30),
    minimumIntervalBetweenTriggerActionsInSeconds: settings.number("minimumIntervalBetweenTriggerActionsInSeconds", 30),
  };
}

/** What was bought, one purchase for each product of an order. */
function logProducts(braze: Braze, properties: Dictionary): void {
  const order = without(properties, "products");
  for (const product of productsOf(properties)) {
    const id = productId(product);
    const price = numberOf(product.price);
    const quantity = numberOf(product.quantity) ?? 1;
    const currency = textOf(properties.currency) ?? "USD";
    if (id !== undefined && price !== undefined) braze.logPurchase(id, price, currency, quantity, order);
  }
}

/** Braze's Web SDK: a page has one app. */
export default function brazeDestination(values: Dictionary): Plugin<Host> {
  const settings = new Settings(values);
  const apiKey = settings.text("apiKey");
  if (apiKey === "") throw new Error("setting apiKey is missing");
  let waiting: Waiting<Braze> | undefined;
  let started = false;

  /** Starts the SDK, for a visitor who is known or, where the settings allow it, is not. */
  const start = (userId: string | null | undefined): void => {
    if (started || (!userId && settings.flag("onlyTrackKnownUsersOnWeb", false))) return;
    started = true;
    waiting?.call((braze) => {
      braze.initialize(apiKey, options(settings));
      if (settings.flag("automaticallyDisplayMessages", true)) braze.automaticallyShowInAppMessages();
      if (userId) braze.changeUser(userId);
      braze.openSession();
    });
  };
  const call = (use: (braze: Braze) => void): void => {
    if (started) waiting?.call(use);
  };

  return destination("Braze", {
    load: async (host) => {
      const created = brazeFor(apiKey);
      waiting = created.braze;
      start(host.user().id());
      await created.loaded;
    },
    identify: ({ userId, traits = {} }) => {
      start(userId);
      call((braze) => {
        if (userId) braze.changeUser(userId);
        const user = braze.getUser();
        if (user) describe(user, traits);
      });
    },
    group: ({ groupId }) => {
      if (groupId) call((braze) => braze.getUser()?.setCustomUserAttribute(`ab_segment_group_${groupId}`, true));
    },
    page: (event) => {
      const name = pageEvent(event, settings, { named: false, categorized: false });
      if (name !== undefined) call((braze) => braze.logCustomEvent(name, event.properties ?? {}));
    },
    track: ({ event = "", properties = {} }) => {
      const revenue = numberOf(properties.revenue);
      call((braze) => {
        if (event === "Order Completed" && productsOf(properties).length > 0) logProducts(braze, properties);
        else if (revenue !== undefined && settings.flag("logPurchaseWhenRevenuePresent", false)) {
          braze.logPurchase(event, revenue, textOf(properties.currency) ?? "USD", 1, properties);
        } else braze.logCustomEvent(event, properties);
      });
    },
  });
}
