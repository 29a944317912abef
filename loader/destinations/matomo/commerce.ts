import type { Dictionary } from "../../src/objects";
import { productId, productsOf, worthOf } from "../shared/commerce";
import { numberOf, textOf } from "../shared/message";
import type { Tracker } from "./vendor";

function addItems(tracker: Tracker, properties: Dictionary): void {
  // The tracker remembers what was added before; the event names everything that counts now.
  tracker.clearEcommerceCart();
  for (const product of productsOf(properties)) {
    const id = productId(product);
    if (id === undefined) continue;
    tracker.addEcommerceItem(
      id,
      textOf(product.name),
      textOf(product.category),
      numberOf(product.price),
      numberOf(product.quantity) ?? 1,
    );
  }
}

/** Events of the Segment spec that Matomo has calls for (developer.matomo.org, "Ecommerce tracking"). */
export const COMMERCE: Readonly<Record<string, (tracker: Tracker, properties: Dictionary) => void>> = {
  "Cart Viewed": (tracker, properties) => {
    addItems(tracker, properties);
    tracker.trackEcommerceCartUpdate(worthOf(properties) ?? 0);
  },
  "Order Completed": (tracker, properties) => {
    addItems(tracker, properties);
    tracker.trackEcommerceOrder(
      textOf(properties.order_id) ?? "",
      numberOf(properties.total) ?? worthOf(properties) ?? 0,
      numberOf(properties.subtotal),
      numberOf(properties.tax),
      numberOf(properties.shipping),
      numberOf(properties.discount),
    );
  },
  "Products Searched": (tracker, properties) => {
    tracker.trackSiteSearch(textOf(properties.query) ?? "", textOf(properties.category), numberOf(properties.results));
  },
};
