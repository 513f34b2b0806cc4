import { nameWords } from "#functions/sync-accounts/look-alikes/comparable-name";

const sureAnd = ["&", "and", "und", "et", "och"];
const unsureAnd = ["y", "e", "i", "a", "en", "og"];
const saints: [string, string][] = [
  ["st", "saint"],
  ["sankt", "saint"],
  ["ste", "sainte"],
];

interface Freedom {
  umlaut?: boolean;
  saint?: boolean;
  and?: boolean;
  order?: boolean;
  plural?: boolean;
}

/** What a word may end in, behind how many letters at least, and what that is without the plural. */
const endings: [ending: string, lettersBefore: number, one: string][] = [
  ["ies", 2, "y"],
  ...["s", "x", "z", "ch", "sh"].flatMap((hiss): [string, number, string][] => [
    [`${hiss}es`, 3 - hiss.length, hiss],
    [`${hiss}e`, 3 - hiss.length, hiss],
  ]),
  ["ss", 0, "ss"],
  ["s", 3, ""],
];

const withoutPlural = (word: string): string => {
  const [ending, , one] = endings.find(([end, before]) => word.endsWith(end) && word.length >= end.length + before) ?? [
    "",
    0,
    "",
  ];
  return word.slice(0, word.length - ending.length) + one;
};

/** Every way in which a name can be written with such freedom, the ones that are sure and the ones that are not. */
const formsOf = (name: string, { umlaut, saint, and, order, plural }: Freedom) => {
  const { plain, inTwoLetters } = nameWords(name);
  const formOf = (words: string[], ands: string[]): string => {
    const written = words
      .map((word) => (saint ? (saints.find(([short]) => short === word)?.[1] ?? word) : word))
      .map((word, at) => (and && ands.includes(word) && at > 0 && at < words.length - 1 ? "&" : word))
      .filter((word) => and || word !== "&")
      .map((word) => (plural ? withoutPlural(word) : word));
    if (!order) return written.join("");
    const stays = (word: string) => word.length === 1 || /\p{N}/u.test(word);
    return [...written.filter((word) => !stays(word)).toSorted(), ...written.filter(stays)].join(" ");
  };
  const spellings = umlaut ? [plain, inTwoLetters] : [plain];
  return {
    sure: spellings.map((words) => formOf(words, sureAnd)),
    unsure: spellings.map((words) => formOf(words, [...sureAnd, ...unsureAnd])),
  };
};

const isAlike = (a: string, b: string, freedom: Freedom): boolean => {
  const [one, other] = [formsOf(a, freedom), formsOf(b, freedom)];
  if (one.sure[0] === "" || other.sure[0] === "") return false;
  return (
    one.sure.some((form) => other.sure.includes(form)) ||
    one.unsure.some((form) => other.sure.includes(form)) ||
    other.unsure.some((form) => one.sure.includes(form))
  );
};

const isLetter = (sign: string | undefined): boolean => /^\p{L}$/u.test(sign ?? "");

/** Whether one letter more, less or other is all that they differ in. */
const isNear = (a: string, b: string): boolean => {
  if ([a, b].some((name) => name.length > 200 || [...name].filter(isLetter).length < 8) || a === b) return false;
  if (a.length === b.length) {
    const at = [...a].findIndex((sign, index) => sign !== b[index]);
    return isLetter(a[at]) && isLetter(b[at]) && a.slice(at + 1) === b.slice(at + 1);
  }
  const [shorter, longer] = a.length < b.length ? [a, b] : [b, a];
  return [...longer].some((sign, at) => isLetter(sign) && longer.slice(0, at) + longer.slice(at + 1) === shorter);
};

const whole = (name: string): string => formsOf(name, {}).sure[0] ?? "";

const freedoms: [string, Freedom][] = [
  ["case", {}],
  ["umlaut", { umlaut: true }],
  ["saint", { saint: true }],
  ["and", { and: true }],
  ["umlaut, saint or and", { umlaut: true, saint: true, and: true }],
  ["order", { order: true }],
  ["order, umlaut, saint or and", { umlaut: true, saint: true, and: true, order: true }],
  ["plural", { plural: true }],
  ["plural, umlaut, saint or and", { umlaut: true, saint: true, and: true, plural: true }],
];

/** Why the two are alike, by the closest reason; undefined if they are not. They are compared in every way there is. */
export const slowLikeness = (a: string, b: string): string | undefined => {
  if (a === b) return "same";
  const freedom = freedoms.find(([, one]) => isAlike(a, b, one));
  if (freedom) return freedom[0];
  return isNear(whole(a), whole(b)) ? "letter" : undefined;
};

/** The groups, by the places of the names, out of each pair compared with each. */
export const slowGroups = (names: string[]): number[][] => {
  const left = new Set(names.keys());
  const groups: number[][] = [];
  for (const start of left) {
    const group = [start];
    left.delete(start);
    for (const place of group) {
      for (const other of left) {
        if (slowLikeness(names[place] ?? "", names[other] ?? "") === undefined) continue;
        left.delete(other);
        group.push(other);
      }
    }
    if (group.length > 1) groups.push(group.sort((a, b) => a - b));
  }
  return groups;
};
