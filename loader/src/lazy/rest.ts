import consent from "../parts/consent";
import { createCourier } from "./courier/courier";
import { runExtra } from "./extras/extras";

const REST = { consent, createCourier, runExtra };

/** What the other file has in it, by name: nothing that an event on its way waits for. */
export type Rest = typeof REST;

/** The function that the file sets; a bundle's global is one. */
export default function rest(): Rest {
  return REST;
}
