import { isString } from "../objects";
import { valueAt } from "./paths";
import type { Rare } from "./rare";

/** Calls that may stand where a value is compared, by the length of their arrays. */
const CALLS: Record<string, number> = { lowercase: 2, length: 2, typeof: 2, contains: 3, match: 3 };

/** A literal's value, a list or call as it is, or what a path names in the event. */
function operand(item: unknown, event: unknown): unknown {
  if (Array.isArray(item)) return item;
  return typeof item === "object" ? (item as { value: unknown }).value : valueAt(event, item);
}

/** The same, with calls called. */
function compared(item: unknown, event: unknown, rare: Rare): unknown {
  const value = operand(item, event);
  return Array.isArray(value) && CALLS[value[0] as string] === value.length ? evaluate(value, event, rare) : value;
}

/**
 * Evaluates Segment's intermediate representation of FQL, a query language for events, over one event: nested
 * `[operator, operand...]`. Its results are those of the official client's tsub 2.0, oddities included; it throws
 * where tsub does.
 */
export function evaluate(ir: unknown, event: unknown, rare: Rare): unknown {
  if (!Array.isArray(ir)) return operand(ir, event) === true;
  const [operator, ...items] = ir as unknown[];
  const [first, second] = items;
  const texts = (use: (one: string, other: string) => boolean): boolean => {
    const [one, other] = [operand(first, event), operand(second, event)];
    return isString(one) && isString(other) && use(one, other);
  };
  switch (operator) {
    case "!":
      return !evaluate(first, event, rare);
    case "or":
      return items.some((item) => evaluate(item, event, rare));
    case "and":
      return items.every((item) => evaluate(item, event, rare));
    case "=":
    case "!=": {
      const [one, other] = [compared(first, event, rare), compared(second, event, rare)];
      const objects = typeof one === "object" && typeof other === "object";
      const same = objects ? JSON.stringify(one) === JSON.stringify(other) : one === other;
      return same === (operator === "=");
    }
    case "<":
    case "<=":
    case ">":
    case ">=": {
      const [one, other] = [compared(first, event, rare), compared(second, event, rare)];
      if (typeof one !== "number" || typeof other !== "number") return false;
      if (one === other) return operator.length > 1;
      return operator < "=" ? one < other : one > other;
    }
    case "in": {
      const wanted = operand(first, event);
      return (operand(second, event) as unknown[]).find((item) => operand(item, event) === wanted) !== undefined;
    }
    case "contains":
      return texts((one, other) => one.includes(other));
    case "match":
      return texts((one, other) => rare.globMatches(other, one));
    case "lowercase": {
      const value = operand(first, event);
      return isString(value) ? value.toLowerCase() : null;
    }
    case "typeof":
      return typeof operand(first, event);
    case "length": {
      const value = operand(first, event);
      return value === null ? 0 : Array.isArray(value) || isString(value) ? value.length : NaN;
    }
    default:
      throw new Error(`FQL has no operator ${String(operator)}`);
  }
}
