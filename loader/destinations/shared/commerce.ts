import { isObject, type Dictionary } from "../../src/objects";
import { numberOf, textOf } from "./message";

/** The id of a product of the Segment spec, whichever of its names it came under. */
export function productId(product: Dictionary): string | undefined {
  return textOf(product.product_id) ?? textOf(product.productId) ?? textOf(product.sku) ?? textOf(product.id);
}

/** The products of an event: those it lists, else the one that it is about, else none. */
export function productsOf(properties: Dictionary): Dictionary[] {
  const { products } = properties;
  const listed = Array.isArray(products) ? (products as unknown[]).filter(isObject) : [];
  if (listed.length > 0) return listed;
  return productId(properties) === undefined ? [] : [properties];
}

/** What an event was worth: its revenue, total or value, else price times quantity of the product that it is about. */
export function worthOf(properties: Dictionary): number | undefined {
  const price = numberOf(properties.price);
  return (
    numberOf(properties.revenue) ??
    numberOf(properties.total) ??
    numberOf(properties.value) ??
    (price === undefined ? undefined : price * (numberOf(properties.quantity) ?? 1))
  );
}

/** How many things these products are together; undefined for none. */
export function quantityOf(products: readonly Dictionary[]): number | undefined {
  return products.reduce((sum, product) => sum + (numberOf(product.quantity) ?? 1), 0) || undefined;
}
