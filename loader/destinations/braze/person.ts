import { isObject, type Dictionary } from "../../src/objects";
import { textOf } from "../shared/message";
import type { User } from "./vendor";

const GENDERS: Readonly<Record<string, string>> = { male: "m", m: "m", female: "f", f: "f", other: "o", o: "o" };

/** Writes the traits of an identify call to the visitor's profile, under the fields that Braze has for them. */
export function describe(user: User, traits: Dictionary): void {
  const { address, birthday, email, firstName, gender, lastName, phone, ...own } = traits;
  const given: readonly [unknown, (text: string) => unknown][] = [
    [email, (text) => user.setEmail(text)],
    [firstName, (text) => user.setFirstName(text)],
    [lastName, (text) => user.setLastName(text)],
    [phone, (text) => user.setPhoneNumber(text)],
    [isObject(address) ? address.city : undefined, (text) => user.setHomeCity(text)],
    [isObject(address) ? address.country : undefined, (text) => user.setCountry(text)],
    [typeof gender === "string" ? GENDERS[gender.toLowerCase()] : undefined, (text) => user.setGender(text)],
  ];
  for (const [value, set] of given) {
    const text = textOf(value);
    if (text !== undefined) set(text);
  }
  const born = birthday instanceof Date ? birthday : new Date(textOf(birthday) ?? Number.NaN);
  if (!Number.isNaN(born.getTime())) {
    user.setDateOfBirth(born.getUTCFullYear(), born.getUTCMonth() + 1, born.getUTCDate());
  }
  for (const [name, value] of Object.entries(own)) {
    if (name !== "id" && name !== "anonymousId" && value !== undefined) user.setCustomUserAttribute(name, value);
  }
}
