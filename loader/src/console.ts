/** Everything that the client prints carries its name, so that a page's author knows whom to ask. */
const NAME = "[edgewise]";

export function warn(text: string): void {
  console.warn(NAME, text);
}

export function complain(...told: unknown[]): void {
  console.error(NAME, ...told);
}
