import { askLook } from "../integrations/ask-look.ts";
import { findIntegration, integrationKey, integrationWrite, maySend } from "../integrations/integration.ts";
import { isAsked, isUnderWay } from "../integrations/record/looks.ts";
import { wish } from "../integrations/record/wants.ts";
import type { Changing } from "../table/changing.ts";
import type { Write } from "../table/table.ts";

/**
 * The writes that a transaction which changes customers needs, so that Gradient hears of the change. While the partner
 * is connected it asks for a look; one that has not begun yet will see the change. Otherwise connecting brings all
 * customers over. Where nothing has to be asked, the write is a check that this is still so: where it is not, the
 * transaction fails with `table.conflict` and is to be tried again. `isWanted`: lines have come into being that no date
 * should have to bring. `endsBilling`: some are billed no more. A run that is under way has planned them, and sends
 * whatever it finds counted; the next one, right after it, takes that back.
 */
export const accountSyncWrites =
  ({ table, now, newId }: Changing<"get">) =>
  async (partnerId: string, { isWanted = false, endsBilling = false } = {}): Promise<Write[]> => {
    const integration = await findIntegration(table, partnerId);
    const unchanged: Write = { check: integrationKey(partnerId), expect: integration?.version ?? "absent" };
    if (!integration || !maySend(integration)) return [unchanged];
    const at = now().toISOString();
    const { looks, state, wants } = integration;
    // the message on its way may be for a trial of the token alone
    const isComing = isUnderWay(looks, at) && looks.holder === null && isAsked(looks);
    const isTakenBack = endsBilling && integration.currentExportId !== null;
    const isWished = (isWanted || isTakenBack) && state === "active";
    if (isComing && !isWished) return [unchanged];
    const wished = isWished ? { ...integration, wants: wish(wants, "all", { at, trigger: "mapping" }) } : integration;
    const { integration: after, owed } = isComing
      ? { integration: wished, owed: [] }
      : askLook(wished, "feed", { at, newId });
    return [integrationWrite(after), ...owed];
  };
