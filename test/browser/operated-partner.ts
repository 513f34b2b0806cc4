import * as z from "zod";
import { expectedCounts } from "#local/sample/sample";
import { bodyOf, connectPartner, eventually, feedSession, untilState } from "#test/system/hub-session";
import type { RunningSystem } from "#test/system/local-system";

const organization = z.object({ accounts: z.array(z.unknown()) });

export const partnerId = "org-1001";

/** Names as people have them: long, from right to left, pictures; and a count of ten digits. */
export const oddNames = [
  `${"Wolkersdorfer Datenverarbeitungs- und Beteiligungsgesellschaft ".repeat(3)}mbH`.padEnd(200, "x"),
  "شركة النور للتقنية",
  "👩‍🚀 Rocket & Söhne 🚀",
];
export const tenDigits = 9_876_543_210;

/** Three customers of odd names, who use the first service of the sample. */
const feedOddCustomers = async (system: RunningSystem): Promise<void> => {
  const feed = await feedSession(system);
  const path = { partnerId };
  const ids = oddNames.map((_, index) => `odd-${index}`);
  const serviceId = expectedCounts()[0]?.serviceId;
  const measuredAt = new Date().toISOString();
  const customers = ids.map((id, index) => ({ id, name: oddNames[index], billing: "billed" }));
  const measurements = ids.map((customerId) => ({ customerId, serviceId, unitCount: tenDigits, measuredAt }));
  bodyOf(await feed("POST /v1/hub/partners/{partnerId}/customers", { path, body: { customers } }));
  bodyOf(await feed("POST /v1/hub/partners/{partnerId}/usage", { path, body: { measurements } }));
};

/** A partner of the sample that is connected and active, with everybody mapped but two customers. */
export const operatedPartner = async (system: RunningSystem) => {
  await feedOddCustomers(system);
  const partner = await connectPartner(system, partnerId);
  const customers = new Set(expectedCounts().map(({ customerId }) => customerId)).size;
  await eventually("all accounts in Gradient", async () => {
    const { accounts } = organization.parse(await (await fetch(partner.at)).json());
    return accounts.length >= customers + oddNames.length ? true : undefined;
  });
  await partner.post(`${partner.at}/mappings/auto`, {
    accounts: "all",
    services: "all",
    exceptAccounts: ["odd-0", "odd-1"],
  });
  await partner.post(`${partner.at}/finish`, {});
  await untilState(partner.session, "active");
  await eventually("the end of the first run", async () => {
    const { exports } = bodyOf(await partner.session("GET /v1/integrations/gradient", {}));
    const { runningId, last, waiting } = exports;
    return runningId === null && waiting === null && last !== null ? true : undefined;
  });
  return partner;
};
