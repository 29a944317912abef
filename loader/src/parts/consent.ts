import { complain } from "../console";
import { EVENT_TYPES, type AnalyticsEvent } from "../event";
import { dictionary, isFunction, isObject, reasonOf, strings, type Dictionary } from "../objects";
import type { AskConsent, Gate } from "../parts";

/** Category -> whether the visitor agreed to it. */
type Choice = Record<string, unknown>;

/** Milliseconds that a page's `categories` has to answer. */
const ANSWER_DEADLINE_MS = 10_000;
/** Calls that wait for a choice; later ones are lost. */
const HELD_CALLS = 1_000;
const CHANGED = "Segment Consent Preference Updated";
const EVENTS: readonly unknown[] = [...EVENT_TYPES, "pageview"];

const isEvent = (call: unknown): boolean => Array.isArray(call) && EVENTS.includes(call[0]);

/**
 * Consent of the visitor, as the page's `consent` load option tells it:
 *
 *     not known --- opt-in: calls wait in the snippet's array; nothing is loaded, sent or kept
 *         |   '---- opt-out: as if the visitor agreed to everything
 *         |
 *      a choice --> what it allows is loaded and sent; the rest is not, and what waited for it is discarded
 *         ^  |
 *         '--'      another choice: what it allows in addition is loaded now; the rest gets nothing from now on
 *
 * A choice that is late, throws or cannot be read is no consent, in both modes.
 */
const consent: AskConsent = (document, stub, { after }, start) => {
  const { consentSettings, integrations } = dictionary(document);
  // A source whose destinations need no consent does not say so: none is needed, once there is a choice.
  const { allCategories, hasUnmappedDestinations } = dictionary(consentSettings ?? { hasUnmappedDestinations: true });
  const given = dictionary(stub._loadOptions).consent;
  if (given === undefined) {
    complain("destinations have consent categories, but the page has no `consent` load option: nothing waits for consent");
    start();
    return;
  }
  const { mode, categories, onChange, changeEvent } = dictionary(given);
  const optOut = mode === "opt-out";
  /** Undefined until the visitor has made a choice; `known`: whether the page could say as much. */
  let choice: Choice | undefined;
  let known = false;
  let client: Dictionary | undefined;
  let waiting: { categories: string[]; add: () => void }[] = [];
  let turn = 0;

  const agreed = (category: string): boolean => choice?.[category] === true;
  const isOpen = (): boolean =>
    choice ? Boolean(hasUnmappedDestinations) || strings(allCategories).some(agreed) : optOut && known;
  const allows = (wanted: string[]): boolean => isOpen() && (!choice || wanted.every(agreed));

  const call = (method: string, ...args: unknown[]): void => {
    (client?.[method] as (...args: unknown[]) => void)(...args);
  };

  const update = (next: Choice | undefined, announce: boolean): void => {
    const changed = JSON.stringify(next) !== JSON.stringify(choice);
    choice = next;
    known = true;
    if (client) {
      const ready = waiting.filter((one) => allows(one.categories));
      waiting = waiting.filter((one) => !ready.includes(one));
      for (const { add } of ready) add();
    } else if (isOpen()) client = start({ admits, guard });
    else if (choice) stub.splice(0, stub.length, ...stub.filter((one) => !isEvent(one)));
    if (announce && changed && choice && client && changeEvent !== false) call("track", CHANGED);
  };

  const fail = (reason: string): void => {
    const failure = { code: "consent_unknown", reason };
    complain(`no consent is assumed: ${reason}`);
    // Those who listen already, where the client has not started: it may never.
    const calls = (client ? [] : stub) as [method: string, event: string, listener: unknown][];
    const early = calls.filter((one) => Array.isArray(one) && one[0] === "on" && one[1] === "error");
    for (const [, , listener] of early) {
      try {
        if (isFunction(listener)) listener(failure);
      } catch (thrown) {
        complain("a listener of error failed:", thrown);
      }
    }
    update(optOut ? {} : undefined, false);
    if (client && early.length === 0) call("emit", "error", failure);
  };

  const take = (answer: unknown, announce: boolean): void => {
    if (answer === undefined || answer === null) update(undefined, announce);
    else if (isObject(answer)) update({ ...answer }, announce);
    else fail("the categories are not an object");
  };

  const ask = (announce: boolean): void => {
    const mine = ++turn;
    /** A later question makes the answer to an earlier one void. */
    const ifLatest = (run: () => void) => (): void => {
      if (mine === turn) run();
    };
    try {
      if (!isFunction(categories)) throw new Error("consent.categories is not a function");
      const answer = categories();
      if (!isFunction((answer as Dictionary | null | undefined)?.then)) {
        take(answer, announce);
        return;
      }
      const stop = after(
        ANSWER_DEADLINE_MS,
        ifLatest(() => {
          fail(`consent.categories did not answer within ${String(ANSWER_DEADLINE_MS)} ms`);
        }),
      );
      void Promise.resolve(answer)
        .finally(stop)
        .then(
          (later) => {
            ifLatest(() => {
              take(later, announce);
            })();
          },
          (thrown: unknown) => {
            ifLatest(() => {
              fail(reasonOf(thrown));
            })();
          },
        );
    } catch (thrown) {
      fail(reasonOf(thrown));
    }
  };

  const admits = (event: AnalyticsEvent): boolean => {
    if (choice) event.context.consent = { ...dictionary(event.context.consent), categoryPreferences: { ...choice } };
    return isOpen();
  };

  const guard = (entry: Dictionary, filter: Gate | undefined, add: (gate: Gate) => void): void => {
    const own = dictionary(entry.consentSettings).categories;
    const published = dictionary(dictionary(integrations)[String(entry.creationName)]).consentSettings;
    const wanted = strings(Array.isArray(own) ? own : dictionary(published).categories);
    const gate: Gate = (event) => allows(wanted) && (!event || !filter || filter(event));
    const run = (): void => {
      add(gate);
    };
    if (allows(wanted)) run();
    else waiting.push({ categories: wanted, add: run });
  };

  const push = stub.push.bind(stub);
  stub.push = (...calls: unknown[]) =>
    push(...calls.filter((one) => !isEvent(one) || (!choice && stub.length < HELD_CALLS)));
  try {
    if (isFunction(onChange))
      onChange((next?: unknown) => {
        if (isObject(next)) {
          turn++;
          take(next, true);
        } else ask(true);
      });
    ask(false);
  } catch (thrown) {
    // A visitor who withdraws would not be heard.
    fail(reasonOf(thrown));
  }
};

export default consent;
