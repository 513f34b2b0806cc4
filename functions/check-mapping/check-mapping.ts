import { obstacles } from "#shared/breakers/state/obstacle";
import { type Actor, eventWrite } from "#shared/events/event";
import { askLook } from "#shared/integrations/ask-look";
import { wantingMissed } from "#shared/integrations/back-again";
import {
  findIntegration,
  fromIntegrationItem,
  type Integration,
  integrationWrite,
  isDisconnectedThere,
  maySend,
  stateWithToken,
  withoutProblem,
} from "#shared/integrations/integration";
import { goingOn, isUnderWay, type Looks } from "#shared/integrations/record/looks";
import { wrongStep } from "#shared/integrations/wrong-step";
import type { Changing } from "#shared/table/changing";
import { type Item, retryOnConflict } from "#shared/table/table";

// longer than a look takes, counts included
const joinsMs = 10_000;

/** The look that somebody has asked for a moment ago is not over yet. */
const isJoined = (looks: Looks, now: Date): boolean =>
  looks.pressedAt !== null &&
  now.getTime() - Date.parse(looks.pressedAt) < joinsMs &&
  isUnderWay(looks, now.toISOString());

/** Whoever presses while the page says that the partner has disconnected in Gradient says that it has not. */
const goneOn = (before: Integration, at: string): Integration => {
  if (!isDisconnectedThere(before)) return before;
  const free = { ...before, looks: goingOn(before.looks) };
  return wantingMissed(before, withoutProblem({ ...free, state: stateWithToken(free) }, "gradient.disconnected"), at);
};

export interface Pressed {
  requestedAt: string;
  /** Gradient is asked again then, and the look is made after that; null where nothing is in its way. */
  heldUntil: string | null;
}

/** The look that these rows, as they are written, ask for. */
export const pressedIn = (rows: Item[]): Pressed | undefined => {
  const asking = rows.find(({ sk }) => sk === "integration");
  if (!asking) return undefined;
  const { pressedAt, pressHeldUntil } = fromIntegrationItem(asking).looks;
  return pressedAt === null ? undefined : { requestedAt: pressedAt, heldUntil: pressHeldUntil };
};

interface Check {
  partnerId: string;
  by: Actor;
  /** A page asks by itself, and nobody has pressed anything: the audit trail names what people do. */
  isAutomatic?: boolean;
}

/**
 * Asks for a look at what is mapped in Gradient by now, ahead of its time. Asked again at once, it is the same one.
 * While the partner's calls are held it is kept, and made by itself once they are free: refused, it would have to be
 * asked for again, and what a press says beside it, that the partner has not disconnected, would be lost.
 */
export const checkMapping = ({ table, now, newId }: Changing) => {
  const obstacleFor = obstacles(table);
  return ({ partnerId, by, isAutomatic = false }: Check): Promise<Pressed> =>
    retryOnConflict(async () => {
      const before = await findIntegration(table, partnerId);
      const isOpen = before !== undefined && (maySend(before) || (!isAutomatic && isDisconnectedThere(before)));
      if (!isOpen) throw wrongStep(before?.state ?? "not-started");
      const time = now();
      const at = time.toISOString();
      const heldUntil = (await obstacleFor(partnerId, before.token?.versionId))?.retryAt ?? null;
      const told = isAutomatic
        ? []
        : [eventWrite({ id: newId(), partnerId, type: "mapping.check-requested", at, details: {}, ...by })];
      if (isJoined(before.looks, time)) {
        if (!isAutomatic && !before.looks.isPressTold)
          await table.transact([
            integrationWrite({ ...before, looks: { ...before.looks, isPressTold: true, pressHeldUntil: heldUntil } }),
            ...told,
          ]);
        return { requestedAt: before.looks.pressedAt ?? at, heldUntil };
      }
      const free = isAutomatic ? before : goneOn(before, at);
      const pressing = { pressedAt: at, pressHeldUntil: heldUntil, isPressTold: !isAutomatic };
      const pressed = { ...free, looks: { ...free.looks, ...pressing } };
      const { integration: after, owed } = askLook(pressed, "check", { at, newId });
      await table.transact([integrationWrite(after), ...owed, ...told]);
      return { requestedAt: at, heldUntil };
    });
};
