import type { Customer } from "#shared/customers/customer";
import type { LookAlikes } from "#shared/customers/look-alikes-row";
import { groups } from "./groups.ts";
import { likenesses, type PreparedName, prepared } from "./likenesses.ts";
import { nearNames } from "./near-names.ts";

const maxGroups = 100;
// An id has up to 128 characters of four bytes: 100 groups of six ids make 307 KB, and their sentences, of at most 700
// bytes each, 70 KB. A row holds 400 KB.
const maxCustomersOfGroup = 6;

// as places in `likenesses`
const [same, written] = [0, 1];
const near = likenesses.length;

const differIn = (step: number): string => likenesses[step]?.differIn ?? "one letter";

/** `steps` as the groups have them, `forms` is how many names they are when case and the like are left out. */
const whyOf = (steps: number[], forms: number): string => {
  const last = steps.at(-1);
  if (last === same) return "The names are the same.";
  // where the names differ in more, case and the like go without saying
  const told = last === written ? [written] : steps.filter((step) => step > written);
  if (told.length > 1) return `Each name differs from another one only in ${told.map(differIn).join(", or in ")}.`;
  if (last !== near) return `The names differ only in ${told.map(differIn).join()}.`;
  return forms > 2 ? "Each name differs from another one by one letter." : "The names differ by one letter.";
};

const leaveOut = "If this is one company, leave out what is one too many before you map.";
const whatToDoAbout = (last: number): string =>
  last === same
    ? `${leaveOut} If not, have each given a name of its own in the hub.`
    : `Look twice when you map them. ${leaveOut}`;

type Join = (place: number, other: number, step: number) => void;

const firstOfWhole = (names: PreparedName[], isOne: (name: PreparedName) => boolean): Map<string, number> => {
  const firsts = new Map<string, number>();
  for (const [place, name] of names.entries()) {
    if (isOne(name) && !firsts.has(name.whole)) firsts.set(name.whole, place);
  }
  return firsts;
};

/** Joins the names that have a key in common, each with the first that has it. */
const joinByKeys = (names: PreparedName[], join: Join): void => {
  const plainOwners = firstOfWhole(names, ({ isPlain }) => isPlain);
  for (const [step, { has, asks, isSpelling }] of likenesses.entries()) {
    const concerned = [...names.entries()].filter(([, name]) =>
      isSpelling ? !name.isPlain : step === same || name.whole !== "",
    );
    const owners = new Map<string, number>();
    const meet = (place: number, key: string, isKept: boolean): void => {
      const owner = owners.get(key) ?? (isSpelling ? plainOwners.get(key) : undefined);
      if (owner !== undefined) join(owner, place, step);
      else if (isKept) owners.set(key, place);
    };
    for (const [place, name] of concerned) for (const key of has(name)) meet(place, key, true);
    if (!asks) continue;
    for (const [place, name] of concerned) {
      if (name.writtenPerhaps.length > 0) for (const key of asks(name)) meet(place, key, false);
    }
  }
};

const joinNear = (names: PreparedName[], join: Join): void => {
  const firsts = firstOfWhole(names, () => true);
  const places = [...firsts.values()];
  nearNames([...firsts.keys()], (one, other) => join(places[one] ?? 0, places[other] ?? 0, near));
};

/**
 * Groups of customers that a person may take for one another when mapping them; each customer is in one group at most.
 * The work grows with the letters of the names, whatever they are. It is enough to compute it when customers change:
 * the result depends on nothing but ids, names and their order, and fits into one row.
 */
export const lookAlikes = (customers: Pick<Customer, "id" | "name">[]): LookAlikes => {
  const names = customers.map(({ name }) => prepared(name));
  const { join, rootOf, stepsOf } = groups(names.length);
  joinByKeys(names, join);
  joinNear(names, join);

  const found = [...Map.groupBy(names.keys(), rootOf)]
    .filter(([, members]) => members.length > 1)
    .map(([root, members]) => ({ members, steps: stepsOf(root) }))
    .sort((a, b) => (a.steps.at(-1) ?? 0) - (b.steps.at(-1) ?? 0));
  return {
    groups: found.slice(0, maxGroups).map(({ members, steps }) => ({
      customerIds: members.slice(0, maxCustomersOfGroup).flatMap((place) => customers[place]?.id ?? []),
      more: Math.max(0, members.length - maxCustomersOfGroup),
      why: whyOf(steps, new Set(members.map((place) => names[place]?.whole)).size),
      whatToDo: whatToDoAbout(steps.at(-1) ?? same),
    })),
    more: Math.max(0, found.length - maxGroups),
  };
};
