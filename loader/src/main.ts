import { boot, type Inlined } from "./boot";
import { complain } from "./console";
import { browserEnvironment } from "./environment";
import type { Parts } from "./parts";

/** Declared by the edge around this code, once per source (see the loader's README). */
declare const __EDGEWISE__: Inlined;
declare const __PARTS__: Parts;

// Without an edge around it, this file has no `__EDGEWISE__`, which is told like any other fault.
// Only while the script runs does the browser know which tag it came from.
const nonce = document.currentScript?.nonce;

try {
  boot({
    env: browserEnvironment(window),
    inlined: __EDGEWISE__,
    parts: __PARTS__,
    nonce,
  });
} catch (thrown) {
  complain("the client could not start:", thrown);
}
