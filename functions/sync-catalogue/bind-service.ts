import type { GradientService } from "#shared/gradient/gradient-api";
import { boundServiceKey, type HubService, serviceWrite } from "#shared/services/hub-service";
import { added, type Table } from "#shared/table/table";

/** Throws a conflict where somebody was quicker. */
export const bindService =
  (table: Pick<Table, "transact">) =>
  async (service: HubService, { id: gradientServiceId, name }: GradientService): Promise<void> => {
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
      added({ ...boundServiceKey(gradientServiceId), serviceId: service.id }),
    ]);
  };
