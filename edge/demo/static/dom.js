/** An element with attributes and children; a property that begins with "on" is a listener. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children);
  return element;
}

/** Text that changes only when it has to: what a reader selected, and a live region, stay as they are. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export const byId = (id) => document.getElementById(id);

/** Puts `item` at the top of a list of at most `most` items; the first one replaces the words that stood there. */
export function prepend(list, item, most) {
  list.querySelector(":scope > .quiet")?.remove();
  list.prepend(item);
  while (list.children.length > most) list.lastElementChild.remove();
  return item;
}

/** The hour of an instant (milliseconds), as an element. */
export function hour(milliseconds) {
  const text = new Date(milliseconds).toLocaleTimeString([], { hour12: false });
  return make("span", { class: "time" }, text);
}

export const counted = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;

/** Runs `step` again and again, `pause` milliseconds after it ended, and not at all while nobody looks. */
export async function repeat(step, pause) {
  for (;;) {
    if (document.hidden) await new Promise((seen) => document.addEventListener("visibilitychange", seen, { once: true }));
    await step();
    await new Promise((over) => setTimeout(over, pause));
  }
}
