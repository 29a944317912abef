import { isObject, type Dictionary } from "../../src/objects";
import { productId, productsOf, worthOf } from "../shared/commerce";
import { defined, numberOf, textOf, without } from "../shared/message";

/** Events of the Segment spec that Klaviyo's flows know by other names (developers.klaviyo.com, custom integration). */
const NAMES: Readonly<Record<string, string>> = {
  "Checkout Started": "Started Checkout",
  "Order Cancelled": "Cancelled Order",
  "Order Completed": "Placed Order",
  "Order Refunded": "Refunded Order",
  "Product Added": "Added to Cart",
  "Product Viewed": "Viewed Product",
};

export function eventName(name: string): string {
  return NAMES[name] ?? name;
}

/** The properties of an event, with its worth and its products in Klaviyo's form. */
export function eventProperties(name: string, properties: Dictionary): Dictionary {
  const products = productsOf(properties);
  const items = products.map((product) =>
    defined({
      ProductID: productId(product),
      SKU: textOf(product.sku),
      ProductName: textOf(product.name),
      Quantity: numberOf(product.quantity) ?? 1,
      ItemPrice: numberOf(product.price),
      ProductURL: textOf(product.url),
      ImageURL: textOf(product.image_url),
      Brand: textOf(product.brand),
    }),
  );
  return defined({
    ...without(properties, "products", "revenue"),
    $value: worthOf(properties),
    $event_id: name in NAMES ? textOf(properties.order_id) : undefined,
    Items: items.length > 0 ? items : undefined,
    ItemNames: items.length > 0 ? products.map(({ name: called }) => textOf(called) ?? "") : undefined,
  });
}

const FIELDS: Readonly<Record<string, string>> = {
  email: "$email",
  firstName: "$first_name",
  lastName: "$last_name",
  phone: "$phone_number",
  title: "$title",
  organization: "$organization",
};

/** A person for the traits of an identify call; undefined where nothing tells who it is. */
export function person(userId: string | null | undefined, traits: Dictionary, byEmail: boolean): Dictionary | undefined {
  const place = isObject(traits.address) ? traits.address : {};
  const given = without(traits, "address", "id");
  const result = defined({
    ...Object.fromEntries(Object.entries(given).map(([name, value]) => [FIELDS[name] ?? name, value])),
    // By email only, nobody gets two profiles; the id is then one property among others.
    ...(byEmail ? { _id: textOf(userId) } : { $id: textOf(userId) }),
    $city: textOf(place.city),
    $country: textOf(place.country),
    $region: textOf(place.state),
    $zip: textOf(place.postalCode),
  });
  const known = [result.$email, result.$phone_number, result.$id].some((value) => value !== undefined);
  return known ? result : undefined;
}
