import { andWords, joined, nameWords } from "./comparable-name.ts";

/** A name, prepared to be compared. */
export interface PreparedName {
  name: string;
  /** Its words as one; empty where nothing is left to compare. */
  whole: string;
  words: string[];
  /** The words, and if they differ those with umlauts in two letters. */
  spellings: string[][];
  /** These with "Saint" in full, and "&" for what means it. */
  written: string[][];
  /** The same with "&" also for what may mean it; empty where there is no such word. */
  writtenPerhaps: string[][];
  /** No umlaut, and no word that can be written in another way. */
  isPlain: boolean;
}

/** One way in which names are alike: they have a key in common, or one asks for a key that another has. */
export interface Likeness {
  /** What the names differ in, as the end of a sentence. */
  differIn: string;
  has: (name: PreparedName) => string[];
  asks?: (name: PreparedName) => string[];
  /** A plain name has no key but its words as one. They are most of the names, so this saves most of the work. */
  isSpelling?: true;
}

const saints = new Map([
  ["st", "saint"],
  ["sankt", "saint"],
  ["ste", "sainte"],
]);
const withSaints = (words: string[]): string[] => words.map((word) => saints.get(word) ?? word);

// They may mean "and" in one language and something else in another, so they are only asked for: if "a" and "y" were
// "&" in any case, "Bar A Pub" and "Bar Y Pub" would be alike.
const perhapsAnd = new Set(["y", "e", "i", "a", "en", "og"]);
const isAnd = (word: string): boolean => andWords.has(word);
const mayBeAnd = (word: string): boolean => andWords.has(word) || perhapsAnd.has(word);

/** With "&" for the words between others that mean it. */
const withAnds = (words: string[], means: (word: string) => boolean): string[] =>
  words.map((word, at) => (at > 0 && at < words.length - 1 && means(word) ? "&" : word));

const text = (words: string[]): string => words.join("");

const hasNumber = /\p{N}/u;
/** Numbers and single letters keep their order, as they tell branches apart: "Site 1 Floor 2", "Site 2 Floor 1". */
const inAnyOrder = (words: string[]): string => {
  const movable: string[] = [];
  const fixed: string[] = [];
  for (const word of words) (word.length > 1 && !hasNumber.test(word) ? movable : fixed).push(word);
  return [...movable.sort(), "|", ...fixed].join(" ");
};

// below that, an ending is rather a part of the word: "gas", "tie"
const minLettersOfPlural = 4;

/**
 * Roughly, as all names are treated alike: "supplies" is "supply", "boxes" is "box". "house" loses its "e", too: nobody
 * can tell from "houses" whether it has one.
 */
const singular = (word: string): string => {
  if (word.length < minLettersOfPlural || word.endsWith("ss")) return word;
  const one = word.replace(/s$/u, "");
  if (one.length < minLettersOfPlural) return one;
  if (/(?:[sxz]|ch|sh)e$/u.test(one)) return one.slice(0, -1);
  return word.endsWith("ies") ? `${one.slice(0, -2)}y` : one;
};
const inSingular = (words: string[]): string => text(words.map(singular));

export const prepared = (name: string): PreparedName => {
  const { plain, inTwoLetters } = nameWords(name);
  const whole = joined(plain);
  const hasUmlaut = whole !== joined(inTwoLetters);
  const isPlain = !hasUmlaut && !plain.some((word) => mayBeAnd(word) || saints.has(word));
  const spellings = hasUmlaut ? [plain, inTwoLetters] : [plain];
  const inFull = isPlain ? spellings : spellings.map(withSaints);
  return {
    name,
    whole,
    words: plain,
    spellings,
    written: isPlain ? spellings : inFull.map((words) => withAnds(words, isAnd)),
    writtenPerhaps: plain.some((word) => perhapsAnd.has(word)) ? inFull.map((words) => withAnds(words, mayBeAnd)) : [],
    isPlain,
  };
};

/** From the most alike to the least. */
export const likenesses: readonly Likeness[] = [
  { differIn: "nothing", has: ({ name }) => [name] },
  { differIn: "case, accents, punctuation, spaces or legal form", has: ({ whole }) => [whole] },
  {
    differIn: "how an umlaut is written (ü or ue)",
    has: ({ spellings }) => spellings.map(joined),
    isSpelling: true,
  },
  {
    differIn: "how “Saint” is written (St. or in full)",
    has: ({ words }) => [joined(withSaints(words))],
    isSpelling: true,
  },
  {
    differIn: "how “and” is written (& or a word)",
    has: ({ words }) => [text(withAnds(words, isAnd))],
    asks: ({ words }) => [text(withAnds(words, mayBeAnd))],
    isSpelling: true,
  },
  {
    differIn: "how an umlaut, “Saint” or “and” is written",
    has: ({ written }) => written.map(text),
    asks: ({ writtenPerhaps }) => writtenPerhaps.map(text),
    isSpelling: true,
  },
  {
    differIn: "the order of the words",
    has: ({ words }) => [inAnyOrder(words.filter((word) => word !== "&"))],
  },
  {
    differIn: "the order of the words and how an umlaut, “Saint” or “and” is written",
    has: ({ written }) => written.map(inAnyOrder),
    asks: ({ writtenPerhaps }) => writtenPerhaps.map(inAnyOrder),
  },
  {
    differIn: "singular or plural",
    has: ({ words }) => [joined(words.map(singular))],
  },
  {
    differIn: "singular or plural and how an umlaut, “Saint” or “and” is written",
    has: ({ written }) => written.map(inSingular),
    asks: ({ writtenPerhaps }) => writtenPerhaps.map(inSingular),
  },
];
