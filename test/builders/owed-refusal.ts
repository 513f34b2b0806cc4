import { oweMail } from "#shared/mail/owe-mail";
import type { ServiceWorld } from "#test/fakes/service-world";

const hourMs = 60 * 60_000;

/** A partner's key is refused at this moment, once more, and its mail is owed. */
export const owedRefusal = async (
  { table, partnerId, common, clock }: Pick<ServiceWorld, "table" | "partnerId" | "common" | "clock">,
  mailId: string,
): Promise<void> => {
  const at = clock.date().toISOString();
  const facts = { kind: "token-rejected" as const, rejectedAt: at };
  await table.transact(oweMail({ partnerId, mailId, facts }, { at, newId: common.newId }));
};

/** So many refusals, an hour apart, and what is owed is done each time: `mail-1`, `mail-2` and so on. */
export const refusedHourly = async (world: ServiceWorld, times: number): Promise<void> => {
  for (let count = 1; count <= times; count += 1) {
    await owedRefusal(world, `mail-${count}`);
    await world.work();
    await world.pass(hourMs);
  }
};
