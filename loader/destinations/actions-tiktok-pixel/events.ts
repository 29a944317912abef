import type { Dictionary } from "../../src/objects";
import { productId, productsOf, worthOf } from "../shared/commerce";
import { defined, numberOf, textOf } from "../shared/message";

/** Events of the Segment spec that are standard events of TikTok's (ads.tiktok.com/help, "Supported events"). */
const STANDARD: Readonly<Record<string, string>> = {
  "Callback Started": "Contact",
  "Checkout Started": "InitiateCheckout",
  "Download Link Clicked": "Download",
  "Form Submitted": "SubmitForm",
  "Order Completed": "CompletePayment",
  "Order Placed": "PlaceAnOrder",
  "Payment Info Entered": "AddPaymentInfo",
  "Product Added": "AddToCart",
  "Product Added to Wishlist": "AddToWishlist",
  "Product Clicked": "ClickButton",
  "Product Viewed": "ViewContent",
  "Products Searched": "Search",
  "Signed Up": "CompleteRegistration",
  "Subscription Created": "Subscribe",
};

/** An event without a standard name is a custom one, under its own. */
export function eventName(name: string): string {
  return STANDARD[name] ?? name;
}

/** TikTok's documented parameters and nothing else: other properties may tell who somebody is. */
export function eventParameters(properties: Dictionary): Dictionary {
  const contents = productsOf(properties).map((product) =>
    defined({
      content_id: productId(product),
      content_type: "product",
      content_name: textOf(product.name),
      content_category: textOf(product.category),
      brand: textOf(product.brand),
      price: numberOf(product.price),
      quantity: numberOf(product.quantity),
    }),
  );
  const value = worthOf(properties);
  return defined({
    contents: contents.length > 0 ? contents : undefined,
    content_type: contents.length > 0 ? "product" : undefined,
    currency: textOf(properties.currency) ?? (value === undefined ? undefined : "USD"),
    value,
    query: textOf(properties.query),
    description: textOf(properties.description),
    order_id: textOf(properties.order_id),
  });
}

/** Who the visitor is, as the pixel wants it; it hashes this in the browser. Undefined where nothing is known. */
export function person(userId: string | null | undefined, traits: Dictionary): Dictionary | undefined {
  const result = defined({
    external_id: textOf(userId),
    email: textOf(traits.email)?.trim().toLowerCase(),
    phone_number: textOf(traits.phone)?.replace(/[^+\d]/g, ""),
  });
  return Object.keys(result).length > 0 ? result : undefined;
}
