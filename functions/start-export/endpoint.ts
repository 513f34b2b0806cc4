import * as z from "zod";
import { customerId } from "#shared/customers/customer";
import { exportView } from "#shared/exports/export-view";
import { exportMode } from "#shared/exports/usage-export";
import { identifier } from "#shared/identifier";
import { personEndpoint } from "#shared/lambda/http-endpoint";
import { serviceId } from "#shared/services/hub-service";
import type { startExport } from "./start-export.ts";

const body = z.strictObject({
  mode: exportMode.default("changes"),
  customerIds: z.array(customerId).min(1).max(500).optional(),
  serviceIds: z.array(serviceId).min(1).max(500).optional(),
  retryOf: identifier.optional(),
});

export const startExportEndpoint = (start: ReturnType<typeof startExport>) =>
  personEndpoint({
    request: z.object({ body: body.default({ mode: "changes" }) }),
    run: async ({ request, person: { partnerId, by } }) => ({
      status: 202,
      body: exportView(await start({ partnerId, by, ...request.body })),
    }),
  });
