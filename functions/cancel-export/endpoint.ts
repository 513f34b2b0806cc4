import * as z from "zod";
import { exportView } from "#shared/exports/export-view";
import { personEndpoint } from "#shared/lambda/http-endpoint";
import type { cancelExport } from "./cancel-export.ts";

export const cancelExportEndpoint = (cancel: ReturnType<typeof cancelExport>) =>
  personEndpoint({
    request: z.object({
      path: z.object({ exportId: z.string().max(128) }),
      body: z.strictObject({}).optional(),
    }),
    run: async ({ request: { path }, person: { partnerId, by } }) => ({
      status: 202,
      body: exportView(await cancel({ partnerId, exportId: path.exportId, by })),
    }),
  });
