import type { ChangeGuard } from "#shared/calls/change-guard";
import { exportView } from "#shared/exports/export-view";
import { changeEndpoint } from "#shared/lambda/http/http-endpoint";
import type { cancelExport } from "./cancel-export.ts";
import { type CancelExportReply, cancelExportRoute } from "./route.ts";

export const cancelExportEndpoint = (cancel: ReturnType<typeof cancelExport>, guard: ChangeGuard) =>
  changeEndpoint(cancelExportRoute, {
    guard,
    run: async ({ request: { path }, person: { partnerId, by } }): Promise<CancelExportReply> => ({
      status: 202,
      body: exportView(await cancel({ partnerId, exportId: path.exportId, by })),
    }),
  });
