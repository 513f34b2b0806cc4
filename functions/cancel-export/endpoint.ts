import { exportView } from "#shared/exports/export-view";
import { personEndpoint } from "#shared/lambda/http-endpoint";
import type { cancelExport } from "./cancel-export.ts";
import { type CancelExportReply, cancelExportRoute } from "./route.ts";

export const cancelExportEndpoint = (cancel: ReturnType<typeof cancelExport>) =>
  personEndpoint(
    cancelExportRoute,
    async ({ request: { path }, person: { partnerId, by } }): Promise<CancelExportReply> => ({
      status: 202,
      body: exportView(await cancel({ partnerId, exportId: path.exportId, by })),
    }),
  );
