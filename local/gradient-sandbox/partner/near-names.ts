interface PsaItem {
  id: string;
  name: string;
}

/** One that a person is offered for a name. */
export interface NearMatch extends PsaItem {
  /** It may be another company's: the names differ in more than case, spaces and punctuation. */
  needsALook?: true;
}

// as they stand at the end of a name, without points: "s.r.o." is "sro"
const legalForms = new Set(
  "ab ag bv co company corp corporation gmbh inc incorporated kg limited llc llp ltd nv oy plc pty sa sarl sas srl sro".split(
    " ",
  ),
);

// below that, an ending is rather a part of the word: "gas", "tie"
const minLettersOfPlural = 4;

/**
 * The service has such a rule of its own; this stands for another company's program, which knows nothing of it.
 *
 * Roughly, as both names are treated alike: "supplies" is "supply", "boxes" is "box". "house" loses its "e", too:
 * nobody can tell from "houses" whether it has one.
 */
const singular = (word: string): string => {
  if (word.length < minLettersOfPlural || word.endsWith("ss")) return word;
  const one = word.replace(/s$/u, "");
  if (one.length < minLettersOfPlural) return one;
  if (/(?:[sxz]|ch|sh)e$/u.test(one)) return one.slice(0, -1);
  return word.endsWith("ies") ? `${one.slice(0, -2)}y` : one;
};

const plain = (name: string): string => name.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();

const letters = (name: string): string => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");

/** Without legal forms, each word in the singular. */
const core = (name: string): string => {
  const words =
    plain(name)
      .replaceAll(/['’.]/gu, "")
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  while (words.length > 1 && legalForms.has(words.at(-1) ?? "")) words.pop();
  return words.map(singular).join("");
};

const findBy = (items: PsaItem[], keyOf: (name: string) => string) => {
  const byKey = Map.groupBy(items, ({ name }) => keyOf(name));
  byKey.delete("");
  return (name: string): PsaItem[] => (byKey.get(keyOf(name)) ?? []).filter((item) => item.name !== name);
};

/**
 * PSA items that a person is offered for a name: those whose names differ from it in case, spaces and punctuation only;
 * where there is none, those that also differ in accents, in the legal form, or in singular and plural.
 */
export const nearMatchesAmong = (items: PsaItem[]) => {
  const byLetters = findBy(items, letters);
  const byCore = findBy(items, core);
  return ({ name }: { name: string }): NearMatch[] => {
    const close = byLetters(name);
    return close.length > 0 ? close : byCore(name).map((item) => ({ ...item, needsALook: true }));
  };
};
