import type { Dictionary } from "../../src/objects";
import { productId, productsOf, quantityOf, worthOf } from "../shared/commerce";
import { defined, textOf } from "../shared/message";
import type { Settings } from "../shared/settings";

/** Events of the Segment spec that are standard events of Snap's (businesshelp.snapchat.com, "Pixel events"). */
const STANDARD: Readonly<Record<string, string>> = {
  "Checkout Started": "START_CHECKOUT",
  "Order Completed": "PURCHASE",
  "Payment Info Entered": "ADD_BILLING",
  "Product Added": "ADD_CART",
  "Product Added to Wishlist": "ADD_TO_WISHLIST",
  "Product List Viewed": "LIST_VIEW",
  "Product Viewed": "VIEW_CONTENT",
  "Products Searched": "SEARCH",
  "Promotion Clicked": "AD_CLICK",
  "Promotion Viewed": "AD_VIEW",
  "Signed In": "LOGIN",
  "Signed Up": "SIGN_UP",
};

/** Snap's name for an event; undefined for one that Snap has none for, since its pixel takes no others. */
export function eventName(name: string, settings: Settings): string | undefined {
  return settings.map("events")[name] ?? STANDARD[name];
}

/** Snap's documented parameters; `client_dedup_id` lets it drop what a server sends under the same `event_id`. */
export function eventParameters(properties: Dictionary, messageId: string | undefined): Dictionary {
  const products = productsOf(properties);
  const ids = products.map(productId).filter((id) => id !== undefined);
  const price = worthOf(properties);
  return defined({
    price,
    currency: textOf(properties.currency) ?? (price === undefined ? undefined : "USD"),
    transaction_id: textOf(properties.order_id),
    item_ids: ids.length > 0 ? ids : undefined,
    item_category: textOf(properties.category),
    number_items: quantityOf(products),
    search_string: textOf(properties.query),
    client_dedup_id: messageId,
  });
}

/** Who the visitor is, as `init` takes it; the pixel hashes this in the browser. */
export function person(traits: Dictionary): Dictionary {
  return defined({
    user_email: textOf(traits.email)?.trim().toLowerCase(),
    user_phone_number: textOf(traits.phone)?.replace(/[^+\d]/g, ""),
    firstname: textOf(traits.firstName),
    lastname: textOf(traits.lastName),
  });
}
