import type { Dictionary } from "../../src/objects";
import { claim } from "../shared/only-one";
import { vendorScript } from "../shared/vendor-script";
import { Waiting } from "../shared/waiting";

/** The build that leaves AMD loaders of the page alone (braze.com/docs, "Integrating the Web SDK"). */
const SCRIPT = "https://js.appboycdn.com/web-sdk/6.13/braze.no-amd.min.js";

/** What this destination uses of a visitor at Braze. */
export interface User {
  setFirstName(name: string): unknown;
  setLastName(name: string): unknown;
  setEmail(email: string): unknown;
  setPhoneNumber(phone: string): unknown;
  setGender(gender: string): unknown;
  setDateOfBirth(year: number, month: number, day: number): unknown;
  setHomeCity(city: string): unknown;
  setCountry(country: string): unknown;
  setCustomUserAttribute(name: string, value: unknown): unknown;
}

/** What this destination uses of the SDK. */
export interface Braze {
  initialize(apiKey: string, options: Dictionary): boolean;
  automaticallyShowInAppMessages(): unknown;
  openSession(): unknown;
  changeUser(id: string): unknown;
  getUser(): User | undefined;
  logCustomEvent(name: string, properties: Dictionary): unknown;
  logPurchase(product: string, price: number, currency: string, quantity: number, properties: Dictionary): unknown;
}

/**
 * The page's SDK for an app, and the promise of its script. A page has one app.
 *
 * Braze's stub names each of the SDK's methods, a hundred and more; calls that wait here need none of it.
 */
export function brazeFor(apiKey: string): { readonly braze: Waiting<Braze>; readonly loaded: Promise<void> } {
  const page = window as { braze?: Braze };
  claim("Braze", apiKey);
  const braze = new Waiting(() => page.braze);
  const loaded = page.braze ? Promise.resolve() : vendorScript(SCRIPT);
  return {
    braze,
    loaded: loaded.then(() => {
      braze.flush();
    }),
  };
}
