import { isObject, type Dictionary } from "../../src/objects";

export type Plain = string | number | boolean;

/** What vendors take that know no structures: names joined by dots, lists and dates as text, nothing that is empty. */
export function flat(values: Dictionary, prefix = ""): Record<string, Plain> {
  const result: Record<string, Plain> = {};
  for (const [name, value] of Object.entries(values)) {
    const key = prefix + name;
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") result[key] = value;
    else if (value instanceof Date) result[key] = value.toISOString();
    else if (Array.isArray(value)) result[key] = JSON.stringify(value);
    else if (isObject(value)) Object.assign(result, flat(value, `${key}.`));
  }
  return result;
}
