import consent from "../parts/consent";
import { createCourier } from "./courier/courier";
import { runExtra } from "./extras/extras";

const REST = { consent, createCourier, runExtra };

/** What the file that the client fetches has in it, by name. */
export type Rest = typeof REST;

/** The function that the file sets; a bundle's global is one. */
export default function rest(): Rest {
  return REST;
}
