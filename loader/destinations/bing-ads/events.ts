import type { Dictionary } from "../../src/objects";
import { productId, productsOf, worthOf } from "../shared/commerce";
import { defined, numberOf, textOf } from "../shared/message";

/** Events of the Segment spec: Microsoft's action for them, and its kind of page (help.ads.microsoft.com, 60118). */
const KNOWN: Readonly<Record<string, { readonly action: string; readonly pageType?: string }>> = {
  "Cart Viewed": { action: "view_cart", pageType: "cart" },
  "Checkout Started": { action: "begin_checkout", pageType: "cart" },
  "Order Completed": { action: "purchase", pageType: "purchase" },
  "Payment Info Entered": { action: "add_payment_info" },
  "Product Added": { action: "add_to_cart", pageType: "cart" },
  "Product Added to Wishlist": { action: "add_to_wishlist" },
  "Product List Viewed": { action: "view_item_list", pageType: "category" },
  "Product Viewed": { action: "view_item", pageType: "product" },
  "Products Searched": { action: "search", pageType: "searchresults" },
  "Signed In": { action: "login" },
  "Signed Up": { action: "sign_up" },
};

/** The action of an event; one without a name of Microsoft's is "track", with its own name as the label. */
export function action(name: string): string {
  return KNOWN[name]?.action ?? "track";
}

/** The documented parameters of an event. */
export function eventParameters(name: string, properties: Dictionary): Dictionary {
  const products = productsOf(properties);
  const worth = worthOf(properties);
  const ids = products.map(productId);
  const items = products.map((product) =>
    defined({ id: productId(product), price: numberOf(product.price), quantity: numberOf(product.quantity) ?? 1 }),
  );
  return defined({
    event_category: textOf(properties.category),
    event_label: name,
    revenue_value: worth,
    currency: textOf(properties.currency) ?? (worth === undefined ? undefined : "USD"),
    transaction_id: textOf(properties.order_id),
    ecomm_pagetype: KNOWN[name]?.pageType,
    ecomm_prodid: ids.length > 0 ? ids : undefined,
    ecomm_totalvalue: products.length > 0 ? worth : undefined,
    ecomm_query: textOf(properties.query),
    items: items.length > 0 ? items : undefined,
  });
}
