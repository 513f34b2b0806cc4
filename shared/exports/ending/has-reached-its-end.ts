import type { Integration } from "../../integrations/integration.ts";
import type { UsageExport } from "../usage-export.ts";

/** Stopped by a refusal when all its lines were tried but those that may be refused: a retry brings these. */
const onlyMissesRefusable = ({ stop, refusableFrom, nextChunk, chunks, leftOver }: UsageExport): boolean =>
  stop === "gradient-refuses" && refusableFrom !== null && nextChunk === chunks && leftOver.lines > 0;

/** The run has come to its last line on the connection that the partner still has. */
export const hasReachedItsEnd = (run: UsageExport, { gradient }: Integration): boolean =>
  (run.stop === null || onlyMissesRefusable(run)) &&
  run.chunks !== null &&
  run.connectionId === gradient?.integrationId;
