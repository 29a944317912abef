/** What one place of a pattern takes; undefined stands for `*`. */
type Place = ((char: string) => boolean) | undefined;

/**
 * Whether a text matches a pattern: `*` any characters, `?` one, `[a-z]` and `[^a-z]` one of a class, `\` takes the
 * next as it is. A malformed pattern matches nothing.
 */
export function globMatches(pattern: string, text: string): boolean {
  const places = placesOf(pattern);
  if (!places) return false;
  let place = 0;
  let at = 0;
  let star = -1;
  let from = 0;
  while (at < text.length) {
    const takes = places[place];
    if (takes?.(text.charAt(at))) {
      place++;
      at++;
    } else if (place < places.length && !takes) {
      star = place++;
      from = at;
    } else if (star >= 0) {
      // The last `*` takes one character more; earlier ones need not, what follows them was found as early as it is.
      place = star + 1;
      at = ++from;
    } else return false;
  }
  while (place < places.length && !places[place]) place++;
  return place === places.length;
}

function placesOf(pattern: string): Place[] | undefined {
  const places: Place[] = [];
  let at = 0;

  /** One character of a class. */
  const member = (): string | undefined => {
    if (/[-\]]/.test(pattern.charAt(at))) return undefined;
    if (pattern.charAt(at) === "\\") at++;
    return at < pattern.length ? pattern.charAt(at++) : undefined;
  };

  const classAt = (): Place => {
    const negated = pattern.charAt(at) === "^";
    if (negated) at++;
    const ranges: [low: string, high: string][] = [];
    do {
      const low = member();
      if (low === undefined) return undefined;
      let high: string | undefined = low;
      if (pattern.charAt(at) === "-") {
        at++;
        high = member();
        if (high === undefined) return undefined;
      }
      ranges.push([low, high]);
    } while (pattern.charAt(at) !== "]");
    at++;
    return (char) => ranges.some(([low, high]) => low <= char && char <= high) !== negated;
  };

  while (at < pattern.length) {
    let char = pattern.charAt(at++);
    if (char === "*") places.push(undefined);
    else if (char === "?") places.push(() => true);
    else if (char === "[") {
      const place = classAt();
      if (!place) return undefined;
      places.push(place);
    } else {
      if (char === "\\") {
        if (at === pattern.length) return undefined;
        char = pattern.charAt(at++);
      }
      places.push((one) => one === char);
    }
  }
  return places;
}
