// below that, one letter makes another name: "Delta" and "Celta"
const minLetters = 8;
// each letter costs some work, and a name as long as a paragraph is not mistaken for a letter's sake
const maxLength = 200;
// 40,000 names of 25 letters
const maxLettersTogether = 2 ** 20;

const isLetter = (character: string): boolean => (character >= "a" && character <= "z") || /\p{L}/u.test(character);
const lettersIn = (name: string): number => name.match(/\p{L}/gu)?.length ?? 0;

const isComparable = (name: string): boolean => name.length <= maxLength && lettersIn(name) >= minLetters;

const sharedLength = (a: string, b: string): number => {
  let length = 0;
  while (length < a.length && length < b.length && a.charCodeAt(length) === b.charCodeAt(length)) length += 1;
  return length;
};

type Tell = (place: number, length: number, number: number) => void;

/**
 * Gives a number to each beginning of each name, the same to the same beginning and to no other; returns how many there
 * are. Once the names are sorted, a beginning is that of the name before, or new.
 */
const numberBeginnings = (names: string[], tell: Tell): number => {
  const sorted = names.map((name, place) => ({ name, place })).sort((a, b) => (a.name < b.name ? -1 : 1));
  const numbers = [0];
  let count = 1;
  let before = "";
  for (const { name, place } of sorted) {
    const shared = sharedLength(before, name);
    for (let length = 0; length <= name.length; length += 1) {
      if (length > shared) numbers[length] = count++;
      tell(place, length, numbers[length] ?? 0);
    }
    before = name;
  }
  return count;
};

/** Sorted by a key below `keys`, in time that depends on how many there are alone. What has one key keeps its order. */
const sortedBy = (items: Uint32Array, keyOf: (item: number) => number, keys: number): Uint32Array => {
  const ends = new Uint32Array(keys + 1);
  for (const item of items) {
    const key = keyOf(item) + 1;
    ends[key] = (ends[key] ?? 0) + 1;
  }
  for (let key = 1; key <= keys; key += 1) ends[key] = (ends[key] ?? 0) + (ends[key - 1] ?? 0);
  const sorted = new Uint32Array(items.length);
  for (const item of items) {
    const key = keyOf(item);
    const at = ends[key] ?? 0;
    sorted[at] = item;
    ends[key] = at + 1;
  }
  return sorted;
};

/**
 * Cuts of all names, each between two letters or around a letter that is left out. Two names are near if a cut of the
 * one has the same beginning and the same ending as a cut of the other: both leave out a letter, which then is another
 * one, or only the longer name does. Digits are not left out: "Branch 12" and "Branch 13" are not one branch misspelt.
 */
const cutsOf = (names: string[]) => {
  const starts: number[] = [];
  let size = 0;
  for (const name of names) {
    starts.push(size);
    size += name.length + 1;
  }
  const startOf = (place: number): number => starts[place] ?? 0;
  // by name and how many letters stand before the cut
  const places = new Uint32Array(size);
  const beginnings = new Uint32Array(size);
  const endings = new Uint32Array(size);
  const beginningCount = numberBeginnings(names, (place, length, number) => {
    places[startOf(place) + length] = place;
    beginnings[startOf(place) + length] = number;
  });
  const backwards = names.map((name) => name.split("").reverse().join(""));
  const endingCount = numberBeginnings(backwards, (place, length, number) => {
    endings[startOf(place) + (names[place] ?? "").length - length] = number;
  });

  // twice the index, and one more where the letter behind is left out
  const cuts = new Uint32Array(2 * size);
  let count = 0;
  for (const [place, name] of names.entries()) {
    for (let length = 0; length <= name.length; length += 1) {
      const cut = 2 * (startOf(place) + length);
      cuts[count++] = cut;
      if (isLetter(name.charAt(length))) cuts[count++] = cut + 1;
    }
  }
  const placeOf = (cut: number): number => places[cut >>> 1] ?? 0;
  const beginningOf = (cut: number): number => beginnings[cut >>> 1] ?? 0;
  const endingOf = (cut: number): number => endings[(cut >>> 1) + (cut & 1)] ?? 0;
  const byEnding = sortedBy(cuts.subarray(0, count), endingOf, endingCount);
  return { sorted: sortedBy(byEnding, beginningOf, beginningCount), placeOf, beginningOf, endingOf };
};

/**
 * Tells of names (by their places) that differ by one letter. Of several that differ at the same point each is told
 * with the first, so that whoever joins them has them all. Neither a hash nor a comparison of pairs is in it: the work
 * grows with the letters alone, whatever the names are. No name may occur twice; what comes after a million letters is
 * left out.
 */
export const nearNames = (names: string[], tell: (place: number, other: number) => void): void => {
  let letters = 0;
  const comparable = names.flatMap((name, place) => {
    if (!isComparable(name) || letters + name.length > maxLettersTogether) return [];
    letters += name.length;
    return [{ name, place }];
  });
  const placeAt = (index: number): number => comparable[index]?.place ?? 0;
  const { sorted, placeOf, beginningOf, endingOf } = cutsOf(comparable.map(({ name }) => name));
  let first: number | undefined;
  for (const cut of sorted) {
    if (first !== undefined && beginningOf(cut) === beginningOf(first) && endingOf(cut) === endingOf(first)) {
      tell(placeAt(placeOf(first)), placeAt(placeOf(cut)));
    } else {
      first = cut;
    }
  }
};
