import type { Client } from "../../client-api";
import { isFunction, type Dictionary } from "../../objects";
import type { Call } from "./method";

const XLINK = "http://www.w3.org/1999/xlink";

/** One element, a list of them, or what jQuery found; throws for anything else, and null is none. */
function elementsOf(given: unknown): Element[] {
  if (!given) return [];
  if (given instanceof Element) return [given];
  const { toArray } = given as Dictionary;
  const list: unknown = isFunction(toArray) ? toArray.call(given) : given;
  if (typeof list !== "object") throw new TypeError("neither an element nor a list of elements");
  return Array.from(list as ArrayLike<unknown>, (one) => {
    if (one instanceof Element) return one;
    throw new TypeError("the list has something that is no element");
  });
}

function hrefOf(element: Element): string | null | undefined {
  return (
    element.getAttribute("href") ||
    element.getAttributeNS(XLINK, "href") ||
    element.getAttribute("xlink:href") ||
    element.getElementsByTagName("a")[0]?.getAttribute("href")
  );
}

/** Visitors who open a link elsewhere do not leave the page. */
function opensElsewhere(element: Element, { ctrlKey, shiftKey, metaKey, button }: MouseEvent): boolean {
  return (element as HTMLAnchorElement).target === "_blank" || ctrlKey || shiftKey || metaKey || button === 1;
}

interface Wrapped {
  readonly submit: (handler: (event: Event) => void) => void;
}

/** jQuery submits forms without an event that others see. */
function onSubmit(form: Element, handler: (event: Event) => void): void {
  const { jQuery, Zepto } = window as unknown as Dictionary;
  const wrap = jQuery || Zepto;
  if (isFunction(wrap)) (wrap(form) as Wrapped).submit(handler);
  else form.addEventListener("submit", handler);
}

/** Tracks what happened to an element; resolves once the event is delivered, or after the client's `timeout`. */
function tracker(client: Client, [, event, properties, options = {}]: Call["args"]) {
  return (element: Element): Promise<unknown> => {
    const valueOf = (given: unknown): unknown => (isFunction(given) ? given(element) : given);
    const sent = client.track(valueOf(event), valueOf(properties), options);
    return Promise.race([sent, new Promise((resolve) => setTimeout(resolve, client.settings.timeout))]);
  };
}

/**
 * trackLink(links, event, properties?, options?): tracks clicks, and goes where the link leads once the event is
 * delivered, or after `timeout` (analytics-next core/auto-track). Event and properties may be functions of the link.
 */
export function trackLink({ client, args }: Call): Client {
  const track = tracker(client, args);
  for (const element of elementsOf(args[0])) {
    element.addEventListener("click", (clicked) => {
      const href = hrefOf(element);
      const tracked = track(element);
      if (!href || opensElsewhere(element, clicked as MouseEvent)) return;
      clicked.preventDefault();
      void tracked.then(() => {
        window.location.href = href;
      });
    });
  }
  return client;
}

/** trackForm(forms, event, properties?, options?): the same for forms that are submitted. */
export function trackForm({ client, args }: Call): Client {
  const track = tracker(client, args);
  for (const element of elementsOf(args[0])) {
    onSubmit(element, (submitted) => {
      submitted.preventDefault();
      void track(element).then(() => {
        // A field of the form may be called "submit".
        HTMLFormElement.prototype.submit.call(element);
      });
    });
  }
  return client;
}
