import { vendorScript } from "../shared/vendor-script";

/** Pinterest's documented address (help.pinterest.com, "Add the Pinterest tag": the base code). */
const SCRIPT = "https://s.pinimg.com/ct/core.js";

/** `pintrk`, which keeps calls in `queue` until the script takes them. */
export interface Pintrk {
  (...args: unknown[]): void;
  queue: unknown[];
  version: string;
}

/** The page's `pintrk`, made where there is none, and the promise of the script behind it. */
export function pinterest(): { readonly pintrk: Pintrk; readonly loaded: Promise<void> } {
  const page = window as { pintrk?: Pintrk };
  if (!page.pintrk) {
    const pintrk = Object.assign((...args: unknown[]): void => void pintrk.queue.push(args), {
      queue: [] as unknown[],
      version: "3.0",
    });
    page.pintrk = pintrk;
    script = vendorScript(SCRIPT);
  }
  // A page with Pinterest's own snippet loads the script itself.
  return { pintrk: page.pintrk, loaded: script ?? Promise.resolve() };
}

let script: Promise<void> | undefined;
