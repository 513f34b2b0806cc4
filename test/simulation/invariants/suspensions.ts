import type { Integration } from "#shared/integrations/integration";
import type { World } from "../world/world.ts";

// a refusal that was in vain is judged within seconds, and with a clock that is two seconds off
const judgedWithinMs = 2 * 60_000;

/** Nobody is suspended for a token that Gradient takes, unless Gradient itself has just refused it. */
export const watchSuspensions = ({ observers, accuse, line, vendor, secrets, badDays }: World): void => {
  observers.push(({ before, after }) => {
    if (after?.sk !== "integration" || after.state !== "suspended" || before?.state === "suspended") return;
    const { partnerId, token, gradient, problems } = after as unknown as Integration;
    if (!problems.some(({ code }) => code === "token.rejected")) return;
    const side = vendor.connection(gradient?.integrationId);
    const key = token && secrets.find(token.secretName, token.versionId);
    const isTaken = side?.key !== undefined && side.key === key;
    const wasRefused = side !== undefined && badDays.lastAlarm(side.organization.id) >= line.now() - judgedWithinMs;
    if (isTaken && !wasRefused) accuse("suspended", `${partnerId}, whose token Gradient takes`);
  });
};
