// As they stand at the end of a name once points are gone and words are joined: "s. r. o." is "sro".
const legalForms = new Set(
  (
    "ab ag aps as asa bv bvba co company corp corporation cv dd doo eg eirl ek ev gbr gmbh gmbhcokg inc incorporated kft kg kgaa " +
    "ks kk lda llc llp lp limited ltd ltda mbh nv nyrt og ohg oy oyj plc pllc ptyltd pty pvtltd pvt sa sarl sas se sl snc spa " +
    "spk spol spolsro spzoo srl sro tov ug vof vos zoo zrt zs"
  ).split(" "),
);
// "s p z o o" is the longest that is written as words of their own
const maxLegalFormWords = 5;

/** Words that can stand for nothing but "&". */
export const andWords: ReadonlySet<string> = new Set(["&", "and", "und", "et", "och"]);

// what Unicode takes for letters of their own, and people for letters with something to them
const plainLetters: Record<string, string> = { ł: "l", đ: "d", ø: "o", æ: "ae", œ: "oe" };

// Some characters come apart into 18 letters. Nobody takes a name that is as long as a paragraph for another, or knows
// the words of a long sentence in another order.
const maxLetters = 200;
const maxWords = 20;

/** Letters and their accents apart; nothing of a name that is too long. */
const decomposed = (name: string): string => {
  if (name.length > maxLetters) return "";
  const letters = name.normalize("NFKD");
  return letters.length > maxLetters ? "" : letters;
};

/** "ue" for "ü" and the like, as people write it where there is no such key. */
const withTwoLetters = (letters: string): string =>
  letters
    .replaceAll(/([aou])\u0308/gi, "$1e")
    .replaceAll(/a\u030a/gi, "aa")
    .replaceAll(/ø/gi, "oe");

const wordsOf = (letters: string): string[] => {
  const words: string[] = [];
  const found = letters
    .replaceAll(/\p{M}/gu, "")
    // by way of the capitals, so that "ß" and "SS" meet
    .toUpperCase()
    .toLowerCase()
    .replaceAll(/[łđøæœ]/g, (letter) => plainLetters[letter] ?? letter)
    // "St.Paul" is two words, "O'Rourke" and "s.r.o." are one each
    .replaceAll(/(?<![\p{L}\p{N}.])st\.(?=\p{L})/gu, "st ")
    .replaceAll(/['’`.]/g, "")
    .match(/[\p{L}\p{N}]+|[&+]/gu);
  for (const sign of found ?? []) {
    const word = sign === "+" ? "&" : sign;
    // an "&" joins two words
    if (word !== "&" || (words.length > 0 && words.at(-1) !== "&")) words.push(word);
  }
  return words.at(-1) === "&" ? words.slice(0, -1) : words;
};

const endBeforeLegalForm = (words: string[], end: number): number => {
  for (let count = Math.min(maxLegalFormWords, end - 1); count > 0; count -= 1) {
    if (legalForms.has(joined(words.slice(end - count, end)))) return end - count;
  }
  return end;
};

/**
 * A name of nothing else keeps its first word. "Smith & Co" and "Smith and Co" are "Smith". Too many words become one.
 */
const withoutLegalForms = (words: string[]): string[] => {
  let end = words.length;
  for (let next = endBeforeLegalForm(words, end); next < end; next = endBeforeLegalForm(words, end)) {
    end = next;
    while (end > 1 && andWords.has(words[end - 1] ?? "")) end -= 1;
  }
  const left = words.slice(0, end);
  return left.length > maxWords ? [joined(left)] : left;
};

/** The words as one, without spaces and "&". */
export const joined = (words: string[]): string => words.join("").replaceAll("&", "");

export interface NameWords {
  /**
   * Letters and digits without case and accents, without punctuation but "&", and without the legal forms at the end.
   */
  plain: string[];
  /** The same with umlauts in two letters. */
  inTwoLetters: string[];
}

/** What is left of a name to compare it by. No words where nothing is left. */
export const nameWords = (name: string): NameWords => {
  const letters = decomposed(name);
  const plain = withoutLegalForms(wordsOf(letters));
  const written = withTwoLetters(letters);
  return { plain, inTwoLetters: written === letters ? plain : withoutLegalForms(wordsOf(written)) };
};
