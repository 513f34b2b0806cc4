// below that, one letter makes another name: "Delta" and "Celta"
const minLetters = 8;
// each letter costs an entry, and nobody mistakes a name as long as a paragraph over one letter
const maxLength = 200;
// an entry holds 32 bits of hash above a name's place, exactly, in the 53 bits of a double
const maxNames = 2 ** 21;
const base = 0x01000193;

const isLetter = (character: string): boolean => /\p{L}/u.test(character);
const lettersIn = (name: string): number => name.match(/\p{L}/gu)?.length ?? 0;

/**
 * Hashes of the name and, for each of its letters, of the name without that letter and of the name with a blank in its
 * place. Digits have no such variants: "Branch 12" and "Branch 13" are two branches, not one misspelt.
 */
const hashesOf = (name: string) => {
  const prefixes = [0];
  for (let at = 0; at < name.length; at += 1) {
    prefixes.push((Math.imul(prefixes[at] ?? 0, base) + name.charCodeAt(at)) | 0);
  }
  const shortened: number[] = [];
  const blanked: number[] = [];
  let suffix = 0;
  for (let at = name.length - 1, power = 1; at >= 0; at -= 1) {
    const prefix = Math.imul(prefixes[at] ?? 0, power);
    if (isLetter(name.charAt(at))) {
      shortened.push((prefix + suffix) | 0);
      blanked.push((Math.imul(prefix, base) + suffix) | 0);
    }
    suffix = (Math.imul(name.charCodeAt(at), power) + suffix) | 0;
    power = Math.imul(power, base);
  }
  return { whole: suffix, shortened, blanked };
};

/** One letter more, less or other, and nothing else. */
const differByOneLetter = (a: string, b: string): boolean => {
  const [shorter, longer] = a.length <= b.length ? [a, b] : [b, a];
  let at = 0;
  while (at < shorter.length && shorter[at] === longer[at]) at += 1;
  const restOfShorter = shorter.length === longer.length ? at + 1 : at;
  return at < longer.length && longer.slice(at + 1) === shorter.slice(restOfShorter);
};

/**
 * Links between names (by their places) that differ by one letter. Two such names are equal with a blank for that
 * letter, or the longer one without it equals the shorter one. So only names that share a hash are compared: n log n in
 * all their letters. Of many names that differ in the same place, each is linked to the first. No name may occur twice.
 */
export const nearNames = (names: string[]): [number, number][] => {
  const nameAt = (place: number): string => names[place] ?? "";
  const hashed = names.slice(0, maxNames).flatMap((name, place) => {
    const isComparable = name.length <= maxLength && lettersIn(name) >= minLetters;
    return isComparable ? [{ place, ...hashesOf(name) }] : [];
  });
  const links: [number, number][] = [];

  const placeOf = new Map(hashed.map(({ whole, place }) => [whole, place]));
  for (const { place, shortened } of hashed) {
    for (const hash of new Set(shortened)) {
      const shorter = placeOf.get(hash);
      if (shorter !== undefined && differByOneLetter(nameAt(shorter), nameAt(place))) links.push([shorter, place]);
    }
  }

  const entries = hashed.flatMap(({ place, blanked }) => blanked.map((hash) => (hash >>> 0) * maxNames + place));
  let firsts: number[] = [];
  let current = -1;
  for (const entry of Float64Array.from(entries).sort()) {
    const place = entry % maxNames;
    const hash = (entry - place) / maxNames;
    if (hash !== current) firsts = [];
    current = hash;
    const first = firsts.find((other) => differByOneLetter(nameAt(other), nameAt(place)));
    if (first === undefined) firsts.push(place);
    else links.push([first, place]);
  }
  return links;
};
