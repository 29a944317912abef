import { isObject, type Dictionary } from "../../src/objects";
import { defined, numberOf, textOf } from "../shared/message";

/** Events of the Segment spec and Google's recommended events for the same thing. */
const EVENT_NAMES: Readonly<Record<string, string>> = {
  "Products Searched": "search",
  "Product List Viewed": "view_item_list",
  "Product Clicked": "select_item",
  "Product Viewed": "view_item",
  "Product Added": "add_to_cart",
  "Product Removed": "remove_from_cart",
  "Product Added to Wishlist": "add_to_wishlist",
  "Cart Viewed": "view_cart",
  "Checkout Started": "begin_checkout",
  "Payment Info Entered": "add_payment_info",
  "Order Completed": "purchase",
  "Order Refunded": "refund",
  "Promotion Viewed": "view_promotion",
  "Promotion Clicked": "select_promotion",
  "Signed Up": "sign_up",
  "Signed In": "login",
};

const NAME_LIMIT = 40;

/** Google takes letters, digits and underscores, a letter first, 40 at most. */
export function eventName(name: string): string {
  const known = EVENT_NAMES[name];
  if (known !== undefined) return known;
  const words = name
    .trim()
    .replace(/[^A-Za-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .toLowerCase();
  return (/^[a-z]/.test(words) ? words : `event_${words}`).slice(0, NAME_LIMIT);
}

/** One product of the Segment spec as an item of Google's. */
function item(product: Dictionary): Dictionary {
  return defined({
    item_id: textOf(product.product_id) ?? textOf(product.sku) ?? textOf(product.id),
    item_name: textOf(product.name),
    item_brand: textOf(product.brand),
    item_category: textOf(product.category),
    item_variant: textOf(product.variant),
    coupon: textOf(product.coupon),
    price: numberOf(product.price),
    quantity: numberOf(product.quantity),
    index: numberOf(product.position),
  });
}

/** Renamed or built by `eventParameters`; everything else is sent under the name it has. */
const TAKEN = new Set([
  "products",
  "order_id",
  "total",
  "revenue",
  "value",
  "query",
  "list_id",
  "category",
  "promotion_id",
  "name",
]);

/** The parameters of an event: money and products under Google's names, other properties as they are. */
export function eventParameters(properties: Dictionary): Dictionary {
  const { products } = properties;
  const items = Array.isArray(products)
    ? (products as unknown[]).filter(isObject).map(item)
    : textOf(properties.product_id) !== undefined || textOf(properties.sku) !== undefined
      ? [item(properties)]
      : undefined;
  const price = numberOf(properties.price);
  const rest = Object.fromEntries(Object.entries(properties).filter(([key]) => !TAKEN.has(key)));
  return defined({
    ...rest,
    transaction_id: textOf(properties.order_id),
    value:
      numberOf(properties.value) ??
      numberOf(properties.total) ??
      numberOf(properties.revenue) ??
      (items && price !== undefined ? price * (numberOf(properties.quantity) ?? 1) : undefined),
    search_term: textOf(properties.query),
    item_list_id: textOf(properties.list_id),
    promotion_id: textOf(properties.promotion_id),
    ...(items ? { items } : defined({ name: properties.name, category: properties.category })),
  });
}
