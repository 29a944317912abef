import type { Dictionary } from "../../src/objects";
import { productId, productsOf, quantityOf, worthOf } from "../shared/commerce";
import { defined, numberOf, textOf } from "../shared/message";
import type { Settings } from "../shared/settings";

/** Events of the Segment spec that Pinterest has conversions for (help.pinterest.com, "Add event codes"). */
const STANDARD: Readonly<Record<string, string>> = {
  "Order Completed": "Checkout",
  "Product Added": "AddToCart",
  "Product List Filtered": "Search",
  "Product List Viewed": "ViewCategory",
  "Products Searched": "Search",
  "Signed Up": "Signup",
  "Video Playback Started": "WatchVideo",
};

/** Pinterest's name for an event; one that it does not know counts as an event that the account defines. */
export function eventName(name: string, settings: Settings): string {
  const own = Object.entries(settings.map("pinterestEventMapping"));
  const [, mapped] = own.find(([from]) => from.toLowerCase() === name.toLowerCase()) ?? [];
  return mapped ?? STANDARD[name] ?? name;
}

/** Pinterest's documented event data, and the properties that the settings add. */
export function eventData(properties: Dictionary, settings: Settings): Dictionary {
  const products = productsOf(properties);
  const items = products.map((product) =>
    defined({
      product_id: productId(product),
      product_name: textOf(product.name),
      product_category: textOf(product.category),
      product_variant: textOf(product.variant),
      product_brand: textOf(product.brand),
      product_price: numberOf(product.price),
      product_quantity: numberOf(product.quantity),
    }),
  );
  const more = settings.list("pinterestCustomProperties").filter((name) => name in properties);
  return defined({
    ...Object.fromEntries(more.map((name) => [name, properties[name]])),
    value: worthOf(properties),
    currency: textOf(properties.currency),
    order_id: textOf(properties.order_id),
    order_quantity: quantityOf(products),
    promo_code: textOf(properties.coupon),
    search_query: textOf(properties.query),
    line_items: items.length > 0 ? items : undefined,
  });
}
