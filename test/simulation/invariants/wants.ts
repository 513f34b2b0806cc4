import type { Integration } from "#shared/integrations/integration";
import { isWanted, type Want } from "#shared/integrations/record/wants";
import { at } from "../history/rows.ts";
import { duePlaces } from "../world/lagging-index.ts";
import { isSomeSetAside } from "../world/unreadable-rows.ts";
import type { World } from "../world/world.ts";
import type { Cause, Wishes } from "./wishes.ts";

/** What the service must know of at once: the others reach a partner's record a little after they have happened. */
const known: readonly Cause[] = ["date", "send", "token", "activation", "left-out"];
const kinds = ["all", "retry", "repeat"] as const;
const clocksApartMs = 5_000;

const shrinks = (before: Want, after: Want): boolean => after.wanted < before.wanted || after.covered < before.covered;

/**
 * Each wish is served or still wanted whenever a partner's record is written with no run under way, whatever is wanted
 * is found in an index, and numbers only grow.
 */
export const watchWants = ({ observers, accuse, line, history }: World, wishes: Wishes): void => {
  const someAreSetAside = isSomeSetAside(history.badDays);
  const check = (before: Integration | undefined, after: Integration): void => {
    const { partnerId, wants, proofGen } = after;
    // one that connects anew begins with no wants, under higher numbers
    if (
      before?.state !== "disconnected" &&
      before &&
      (kinds.some((kind) => shrinks(before.wants[kind], wants[kind])) || proofGen < before.proofGen)
    )
      accuse("numbers", `the wants or the proof of ${partnerId} go back`);
    for (const kind of kinds)
      if (Math.max(wants[kind].wanted, wants[kind].covered) > wants.seq)
        accuse("numbers", `${kind} of ${partnerId} is beyond the last number`);
    if (after.state !== "active" || after.currentExportId !== null) return;
    const isHeld = isWanted(wants.all) || isWanted(wants.retry);
    const places = duePlaces(after as never).map(({ kind }) => kind);
    if (isHeld && !places.includes("wanted")) accuse("index", `${partnerId} wants something and is in no index`);
    if (isWanted(wants.repeat) && !places.includes("repeats"))
      accuse("index", `the repeats of ${partnerId} are in no index`);
    const hasDate = after.nextRunAt !== null && after.nextRunAt <= at(line.now() + clocksApartMs);
    // accounts are being created again: what is held of them is wished for once that is done
    if (isHeld || hasDate || someAreSetAside || after.looks.isCreatingAgain) return;
    const forgotten = wishes.unserved(partnerId, ({ cause }) => known.includes(cause));
    if (forgotten) accuse(`forgotten ${forgotten.wish.cause}`, forgotten.text);
  };
  observers.push(({ before, after }) => {
    if (after?.sk === "integration")
      check(before as unknown as Integration | undefined, after as unknown as Integration);
  });
};
