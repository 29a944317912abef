import { boot, type Inlined } from "./boot";
import { complain } from "./console";
import { browserEnvironment } from "./environment";
import type { Parts } from "./parts";

/** Declared by the edge around this code, once per source (see the loader's README). */
declare const __EDGEWISE__: Inlined;
declare const __PARTS__: Parts;

// Without an edge around it, this file has no `__EDGEWISE__`, which is told like any other fault.
try {
  // Only while the script runs does the browser know which tag it came from; a half is run later, and has noted it.
  const tag = document.currentScript ?? __EDGEWISE__.tag;
  boot({
    env: browserEnvironment(window),
    inlined: __EDGEWISE__,
    parts: __PARTS__,
    nonce: tag?.nonce,
    tag,
  });
} catch (thrown) {
  complain("the client could not start:", thrown);
}
