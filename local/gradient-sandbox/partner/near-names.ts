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

// below that, an "s" is rather a part of the word
const minLettersOfPlural = 4;

/** Roughly, as both of two names are treated alike: "supplies" is "supply". */
const singular = (word: string): string => {
  if (word.length < minLettersOfPlural || word.endsWith("ss")) return word;
  return word.endsWith("ies") ? `${word.slice(0, -3)}y` : word.replace(/s$/u, "");
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
