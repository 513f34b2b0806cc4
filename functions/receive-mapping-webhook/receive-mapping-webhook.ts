import * as z from "zod";
import { eventWrite } from "#shared/events/event";
import { askLook } from "#shared/integrations/ask-look";
import { findIntegration, integrationKey, integrationWrite, maySend } from "#shared/integrations/integration";
import { isUnderWay } from "#shared/integrations/record/looks";
import { claimant, organizationClaimKey } from "#shared/integrations/token-claim";
import type { Changing } from "#shared/table/changing";
import { added, retryOnConflict, type Write } from "#shared/table/table";

export interface Delivery {
  /** The sender's id of the message, the same for each repeat. */
  id: string;
  body: unknown;
  address: string;
}

export type DeliveryOutcome = "accepted" | "repeat" | "unknown-organization" | "not-waiting" | "unknown-type";

const mappingCompleted = z.object({
  type: z.literal("mapping.completed"),
  data: z.object({ organizationId: z.string().min(1).max(256) }),
});

// longer than any sender repeats a message
const rememberedSeconds = 8 * 24 * 60 * 60;

/**
 * Takes an authentic delivery as a hint to look at Gradient soon. The delivery's id and the look are written in one
 * transaction: a repeat has no effect, and no delivery is remembered without its effect.
 */
export const receiveMappingWebhook =
  ({ table, now, newId }: Changing<"get" | "transact">) =>
  async ({ id, body, address }: Delivery): Promise<DeliveryOutcome> => {
    const parsed = mappingCompleted.safeParse(body);
    if (!parsed.success) return "unknown-type";
    const { organizationId } = parsed.data.data;
    const partnerId = await claimant(table, organizationClaimKey(organizationId));
    if (partnerId === undefined) return "unknown-organization";
    const seen = { pk: `webhook#${id}`, sk: "seen" };

    return retryOnConflict(async () => {
      const integration = await findIntegration(table, partnerId);
      if (!integration || !maySend(integration)) return "not-waiting";
      if (await table.get(seen)) return "repeat";
      const time = now();
      const at = time.toISOString();
      const expiresAt = Math.floor(time.getTime() / 1000) + rememberedSeconds;
      // one that is on its way for somebody who waits will see whatever is mapped by now
      const { looks } = integration;
      const isComing = isUnderWay(looks, at) && looks.holder === null && looks.isAwaited;
      const asked = askLook(integration, "webhook", { at, newId });
      const effect: Write[] = isComing
        ? [{ check: integrationKey(partnerId), expect: integration.version }]
        : [integrationWrite(asked.integration), ...asked.owed];
      await table.transact([
        added({ ...seen, expiresAt }),
        ...effect,
        eventWrite({
          id: newId(),
          partnerId,
          type: "mapping.reported",
          at,
          actor: "gradient",
          actorName: null,
          address,
          details: {},
        }),
      ]);
      return "accepted";
    });
  };
