import { isObject, type Dictionary } from "../../src/objects";

/**
 * Settings as they arrive from a manifest, read by type. A setting that is absent or of another type counts as
 * not set: the edge checks them, but bundles are also used with manifests of other makers.
 */
export class Settings {
  constructor(private readonly values: Dictionary) {}

  text(name: string, fallback = ""): string {
    const value = this.values[name];
    return typeof value === "string" ? value.trim() || fallback : typeof value === "number" ? String(value) : fallback;
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.values[name];
    return typeof value === "boolean" ? value : fallback;
  }

  number(name: string, fallback: number): number {
    const value = Number(this.values[name] ?? Number.NaN);
    return Number.isFinite(value) ? value : fallback;
  }

  list(name: string): string[] {
    const value = this.values[name];
    const items: unknown[] = Array.isArray(value) ? value : typeof value === "string" ? value.split(",") : [];
    return items
      .filter((item): item is string => typeof item === "string")
      .map((item) => item.trim())
      .filter(Boolean);
  }

  objects(name: string): Dictionary[] {
    const value = this.values[name];
    return Array.isArray(value) ? (value as unknown[]).filter(isObject) : [];
  }

  map(name: string): Record<string, string> {
    const value = this.values[name];
    if (!isObject(value)) return {};
    return Object.fromEntries(
      Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === "string"),
    );
  }

  /** A setting without which the destination cannot work. */
  required(name: string): string {
    const value = this.text(name);
    if (value === "") throw new Error(`setting ${name} is missing`);
    return value;
  }
}
