import type { Dictionary } from "../../src/objects";
import { productId, productsOf } from "../shared/commerce";
import { defined, numberOf, textOf } from "../shared/message";
import type { Settings } from "../shared/settings";

/** One call of `fbq`: a standard event with Meta's parameters, or a custom one with the properties as they are. */
export interface PixelEvent {
  readonly method: "trackSingle" | "trackSingleCustom";
  readonly name: string;
  readonly parameters: Dictionary;
}

/** Events of the Segment spec that are standard events of Meta's. */
const STANDARD: Readonly<Record<string, string>> = {
  "Product Viewed": "ViewContent",
  "Product List Viewed": "ViewContent",
  "Product Added": "AddToCart",
  "Product Added to Wishlist": "AddToWishlist",
  "Checkout Started": "InitiateCheckout",
  "Payment Info Entered": "AddPaymentInfo",
  "Order Completed": "Purchase",
  "Products Searched": "Search",
  "Signed Up": "CompleteRegistration",
};

/** Before a purchase the setting `valueIdentifier` names the property that is the value. */
const BEFORE_PURCHASE = new Set(["ViewContent", "AddToCart", "AddToWishlist"]);

function money(value: unknown): number | undefined {
  const amount = numberOf(value);
  return amount === undefined ? undefined : Math.round(amount * 100) / 100;
}

function contentType(name: string, properties: Dictionary, settings: Settings): string {
  const category = textOf(properties.category);
  const mapped = category === undefined ? undefined : settings.map("contentTypes")[category];
  return mapped ?? (name === "Product List Viewed" ? "product_group" : "product");
}

function parameters(name: string, standard: string, properties: Dictionary, settings: Settings): Dictionary {
  const contents = productsOf(properties).flatMap((product) => {
    const id = productId(product);
    return id === undefined
      ? []
      : [defined({ id, quantity: numberOf(product.quantity) ?? 1, item_price: money(product.price) })];
  });
  const value = BEFORE_PURCHASE.has(standard)
    ? (money(properties[settings.text("valueIdentifier", "value")]) ??
      money(properties.price) ??
      money(properties.value))
    : (money(properties.revenue) ?? money(properties.total) ?? money(properties.value));
  const extra = Object.fromEntries(
    settings
      .list("standardEventsCustomProperties")
      .filter((key) => key in properties)
      .map((key) => [key, properties[key]]),
  );
  return defined({
    ...extra,
    content_ids: contents.length > 0 ? contents.map(({ id }) => id) : undefined,
    contents: contents.length > 0 ? contents : undefined,
    content_type: contents.length > 0 ? contentType(name, properties, settings) : undefined,
    content_name: textOf(properties.name),
    content_category: textOf(properties.category),
    num_items:
      standard === "Purchase" || standard === "InitiateCheckout"
        ? contents.reduce((sum, { quantity }) => sum + Number(quantity), 0) || undefined
        : undefined,
    search_string: textOf(properties.query),
    currency: textOf(properties.currency) ?? (value === undefined ? undefined : "USD"),
    value,
  });
}

/** What a track call becomes; a mapping of the destination's wins over the table above. */
export function pixelEvent(name: string, properties: Dictionary, settings: Settings): PixelEvent {
  const standard = settings.map("standardEvents")[name] ?? STANDARD[name];
  return standard === undefined
    ? { method: "trackSingleCustom", name, parameters: properties }
    : { method: "trackSingle", name: standard, parameters: parameters(name, standard, properties, settings) };
}
