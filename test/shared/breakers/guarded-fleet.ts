import { type Breakers, breakers } from "#shared/breakers/breakers";
import type { Answer, Question } from "#shared/breakers/state/asking";
import { recentSuccesses } from "#shared/breakers/state/recent-successes";
import type { Refusal } from "#shared/breakers/state/refusal";
import { virtualClock } from "#test/fakes/virtual-clock";
import { connectionOf, fleet } from "#test/simulation/breakers/fleet";

/** Some partners whose tokens Gradient took lately, and the guard of one process over them. */
export const guardedFleet = async (size: number) => {
  const clock = virtualClock();
  const world = fleet(size);
  const { table } = world;
  const asked: string[] = [];
  const released: (string | null)[] = [];
  let ids = 0;
  const seen = {
    /** What happens while Gradient is being asked. */
    onAsk: (_question: Question): Promise<void> | void => undefined,
    /** Answered instead of the truth. */
    answer: (_question: Question): Answer | undefined => undefined,
    waiting: [] as string[],
    keysForgotten: 0,
  };
  const aProcess = (): Breakers => {
    let kept: string | undefined;
    return breakers({
      table,
      clock,
      newId: () => {
        ids += 1;
        return `id-${ids}`;
      },
      vendorKey: {
        current: async () => {
          kept ??= world.storedKey;
          return { key: kept, version: kept };
        },
        forget: () => {
          kept = undefined;
          seen.keysForgotten += 1;
        },
      },
      waiting: async () => seen.waiting,
      ask: async (question) => {
        asked.push(question.partnerId);
        await clock.sleep(100);
        const { partnerId, tokenVersionId, vendorKey } = question;
        const { answer } = world.truth(partnerId, tokenVersionId, vendorKey, "organization");
        const given = seen.answer(question) ?? answer;
        await seen.onAsk(question);
        return given;
      },
    });
  };
  const guard = aProcess();
  const successes = recentSuccesses(table, clock);
  // the first one's is the latest
  for (const { id } of world.tenants.toReversed()) {
    await successes.noteAtOnce(id);
    await clock.settle(clock.sleep(1));
  }

  const refusal = (id: string, about: Partial<Refusal> = {}): Refusal => ({
    partnerId: id,
    tokenVersionId: "token-1",
    connectionId: connectionOf(id),
    vendorKeyVersion: world.storedKey,
    sentAt: clock.now(),
    ...about,
  });
  return {
    clock,
    world,
    table,
    guard,
    aProcess,
    seen,
    /** Whose tokens Gradient was asked about, in order. */
    asked,
    /** Who was freed: a partner, or null for everybody. */
    released,
    refusal,
    confirm: (id: string, about: Partial<Refusal> = {}) =>
      clock.settle(guard.confirmRejection(refusal(id, about), async () => undefined)),
    forbid: (id: string, about: Partial<Refusal> = {}) => clock.settle(guard.reportForbidden(refusal(id, about))),
    /** Some time passes; in each minute the job runs. */
    pass: async (minutes: number) => {
      for (let minute = 0; minute < minutes; minute += 1) {
        const end = clock.now() + 60_000;
        const job = guard.probeDue({
          until: () => clock.now() >= end,
          release: async ({ partnerId }) => void released.push(partnerId),
        });
        await clock.settle(job);
        if (clock.now() < end) await clock.settle(clock.sleep(end - clock.now()));
      }
    },
    why: async (id: string) => (await guard.obstacle(id))?.why ?? null,
    stateOf: (id: string) => world.integrationOf(id).state,
    mails: () => [...table.rows.values()].filter(({ sk }) => sk.startsWith("mail#")).map(({ partnerId }) => partnerId),
  };
};
export type GuardedFleet = Awaited<ReturnType<typeof guardedFleet>>;
