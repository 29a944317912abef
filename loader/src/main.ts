import { boot, type Inlined } from "./boot";
import { complain } from "./console";
import { browserEnvironment } from "./environment";
import { isObject, isString } from "./objects";

/** Declared by the edge around this code, once per source (see the loader's README). */
declare const __EDGEWISE__: unknown;

// Only while the script runs does the browser know which tag it came from.
const { currentScript } = document;
const nonce = currentScript?.nonce;

try {
  const inlined: unknown = typeof __EDGEWISE__ === "undefined" ? undefined : __EDGEWISE__;
  if (isObject(inlined) && isString(inlined.writeKey) && isString(inlined.cdn)) {
    boot({ env: browserEnvironment(window), inlined: inlined as unknown as Inlined, ...(nonce && { nonce }) });
  } else {
    complain("this file names no write key: load it from an edge");
  }
} catch (thrown) {
  complain("the client could not start:", thrown);
}
