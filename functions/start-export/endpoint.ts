import { exportView } from "#shared/exports/export-view";
import { changingRoles, withRole } from "#shared/lambda/caller";
import { personEndpoint } from "#shared/lambda/http-endpoint";
import { type StartExportReply, startExportRoute } from "./route.ts";
import type { startExport } from "./start-export.ts";

export const startExportEndpoint = (start: ReturnType<typeof startExport>) =>
  personEndpoint(startExportRoute, async ({ request: { body }, person }): Promise<StartExportReply> => {
    const { partnerId, by } = body.mode === "dry-run" ? person : withRole(person, changingRoles);
    return { status: 202, body: exportView(await start({ partnerId, by, ...body })) };
  });
