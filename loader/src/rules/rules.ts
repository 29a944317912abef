import type { RemotePlugin } from "../manifest";
import { dictionary, isObject, isString } from "../objects";
import type { Gate, Parts } from "../parts";
import { evaluate } from "./fql";
import type { Rare } from "./rare";
import { transform, type Transformer } from "./transform";

interface Matcher {
  readonly type: string;
  readonly ir?: string;
}

interface Rule {
  readonly destinationName?: string;
  /** The name of one destination of several with the same definition; our own addition. */
  readonly pluginName?: string;
  readonly matchers: readonly Matcher[];
  readonly transformers: readonly (readonly Transformer[])[];
}

function matches(event: object, { type, ir }: Matcher, rare: Rare): boolean {
  if (type === "all") return true;
  if (type !== "fql") throw new Error(`there is no matcher ${type}`);
  return Boolean(ir) && evaluate(JSON.parse(String(ir)), event, rare) === true;
}

/**
 * Destination filters as the official client applies them (its plugins/routing-middleware): each rule of the
 * destination in turn, each matcher with the transformers at its place. Rules without a destination count where
 * there is one with it.
 */
export function rulesWith(rare: Rare): NonNullable<Parts["rules"]> {
  return (settings: unknown, { name, creationName }: RemotePlugin): Gate | undefined => {
    const { routingRules } = dictionary(dictionary(settings).middlewareSettings);
    const all = (Array.isArray(routingRules) ? routingRules.filter(isObject) : []) as unknown as Rule[];
    const own = all.filter(
      ({ destinationName, pluginName }) =>
        destinationName === creationName && (!isString(pluginName) || pluginName === name),
    );
    if (own.length === 0) return undefined;
    const applied = all.filter((rule) => own.includes(rule) || rule.destinationName === undefined);
    return (event) =>
      !event ||
      applied.every(({ matchers, transformers }) =>
        matchers.every(
          (matcher, index) =>
            !matches(event, matcher, rare) || transform(event, transformers[index] as Transformer[], rare),
        ),
      );
  };
}
