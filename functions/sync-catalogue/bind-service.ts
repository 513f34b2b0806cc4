import type { GradientService } from "#shared/gradient/gradient-api";
import { logger } from "#shared/logger";
import { boundServiceKey, findService, type HubService, serviceWrite } from "#shared/services/hub-service";
import { added, isConflict, type Table } from "#shared/table/table";

/** Throws a conflict where somebody was quicker, and where the id is another's for good. */
export const bindService =
  (table: Pick<Table, "get" | "transact">) =>
  async (service: HubService, { id: gradientServiceId, name }: GradientService): Promise<void> => {
    const bound = boundServiceKey(gradientServiceId);
    try {
      await table.transact([
        serviceWrite({
          ...service,
          gradientServiceId,
          gradientName: name,
          createdAs: null,
          createdUntil: null,
          unseenSince: null,
          refusal: null,
          failure: null,
        }),
        added({ ...bound, serviceId: service.id }),
      ]);
    } catch (error) {
      const row = isConflict(error) ? await table.get(bound) : undefined;
      const holder = typeof row?.serviceId === "string" ? row.serviceId : undefined;
      // both are written together: only a hand has parted them, and nobody comes to this id any more
      if (holder !== undefined && (await findService(table, holder))?.gradientServiceId !== gradientServiceId) {
        const facts = { serviceId: service.id, gradientServiceId, boundTo: holder };
        logger.error("an id of gradient's is bound to a service that has lost it", facts);
      }
      throw error;
    }
  };
