import { vendorScript } from "../shared/vendor-script";

/** Microsoft's documented address (help.ads.microsoft.com, "Universal Event Tracking": the tag's code). */
const SCRIPT = "https://bat.bing.com/bat.js";

/** A tag's queue: an array until the script has run, then Microsoft's object, which took what was in it. */
export interface Uetq {
  push(...call: unknown[]): unknown;
}

type Uet = new (setup: object) => Uetq;

/**
 * The first tag of a page has the usual queue, which consent managers fill too; each further one has its own, or
 * every event would reach every tag. A page that loads Microsoft's script itself has given the usual queue away.
 */
function queueFor(tagId: string): string {
  const taken = document.querySelector(`script[src$="${SCRIPT.replace("https:", "")}"]`) !== null;
  return taken ? `uetq_${tagId.replace(/\W/g, "_")}` : "uetq";
}

/** One tag, usable at once, with the call that comes before all others, and the promise of the script behind it. */
export function createTag(
  tagId: string,
  first: readonly unknown[],
): { readonly queue: () => Uetq; readonly loaded: Promise<void> } {
  const page = window as unknown as Record<string, unknown> & { UET?: Uet };
  const name = queueFor(tagId);
  const waiting = (page[name] ??= []) as Uetq;
  // Not through `queue`: where the script is there already, that starts the tag, and its page view would go out first.
  waiting.push(...first);
  /** Puts Microsoft's object in the queue's place; it takes the calls that wait. */
  const start = (): void => {
    if (!page.UET || page[name] !== waiting) return;
    const tag = new page.UET({ ti: tagId, q: waiting });
    page[name] = tag;
    tag.push("pageLoad");
  };
  return {
    queue: () => {
      // Again at each call: the script may come after the deadline for it.
      start();
      return page[name] as Uetq;
    },
    loaded: vendorScript(SCRIPT).then(start),
  };
}
