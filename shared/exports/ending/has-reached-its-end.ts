import type { Integration } from "../../integrations/integration.ts";
import type { UsageExport } from "../usage-export.ts";

/** Stopped by a refusal when all its lines were tried but those at which it might have ended: a retry brings these. */
const onlyMissesSuspects = ({ stop, suspectsFrom, nextChunk, chunks, leftOver }: UsageExport): boolean =>
  stop === "gradient-refuses" && suspectsFrom !== null && nextChunk === chunks && leftOver.lines > 0;

/** The run has come to its last line on the connection that the partner still has. */
export const hasReachedItsEnd = (run: UsageExport, { gradient }: Integration): boolean =>
  (run.stop === null || onlyMissesSuspects(run)) && run.chunks !== null && run.connectionId === gradient?.integrationId;
