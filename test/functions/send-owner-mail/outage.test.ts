import { expect, it } from "vitest";
import { watchMails } from "#functions/watch-mails/watch-mails";
import { AppError } from "#shared/errors";
import type { Task } from "#shared/outbox/outbox";
import { owedRefusal } from "#test/builders/owed-refusal";
import { aPartnerRow } from "#test/builders/partner";
import { serviceWorld } from "#test/fakes/service-world";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const stepMs = 15_000;

/** The queue's settings, as `test/infra/queues.test.ts` finds them in the template. */
const settings = { visibilityMs: 3 * minuteMs, receives: 5, keptMs: 4 * hourMs };

/**
 * One mail for each of some partners, all owed at once; SQS, two workers and the jobs. While SES is away a worker takes
 * as long as its time-out for a try; later both handle some dozens in that time.
 */
const fleetOfMails = async (partners: number) => {
  const world = serviceWorld();
  const { table, clock, common } = world;
  const ids = Array.from({ length: partners }, (_, at) => `p-${at}`);
  for (const id of ids) await table.put(aPartnerRow({ id }));
  for (const partnerId of ids) await owedRefusal({ ...world, partnerId }, `${partnerId}-mail`);
  const seen = { isDown: true, tries: 0, dead: 0, mostWaiting: 0 };
  const { send } = world.mailer;
  world.mailer.send = async (mail) => {
    seen.tries += 1;
    if (seen.isDown) throw new AppError("unavailable", "mail.unavailable", "The mail service did not answer.");
    return send(mail);
  };
  const watch = watchMails({ ...common, tokenPolicyDays: 180 });
  let queue: { task: Task; visibleAt: number; receives: number; sentAt: number }[] = [];

  const relay = async () => {
    const rows = [...table.rows.values()].filter(({ pk }) => pk.startsWith("outbox#"));
    for (const { pk, sk, task } of rows) {
      queue.push({ task: task as Task, visibleAt: clock.now(), receives: 0, sentAt: clock.now() });
      await table.delete({ pk, sk });
    }
  };
  const handleNext = async () => {
    const next = queue.find(({ visibleAt }) => visibleAt <= clock.now());
    if (next === undefined || next.task.kind !== "send-owner-mail") return;
    next.receives += 1;
    next.visibleAt = clock.now() + settings.visibilityMs;
    const isDone = await world.mail(next.task).then(
      () => true,
      () => false,
    );
    if (!isDone && next.receives < settings.receives) return;
    queue = queue.filter((other) => other !== next);
    seen.dead += Number(!isDone);
  };
  /** Goes on for so long, or until everything has arrived; answers how long that was. */
  const live = async (ms: number): Promise<number> => {
    const startedAt = clock.now();
    while (clock.now() < startedAt + ms && world.mailer.sent.length < partners) {
      if ((clock.now() - startedAt) % (5 * minuteMs) === 0) await watch({ remainingMs: () => minuteMs });
      await relay();
      queue = queue.filter(({ sentAt }) => sentAt > clock.now() - settings.keptMs);
      seen.mostWaiting = Math.max(seen.mostWaiting, queue.length);
      for (let worker = 0; worker < (seen.isDown ? 2 : 40); worker += 1) await handleNext();
      await world.pass(stepMs);
    }
    return clock.now() - startedAt;
  };
  return { seen, live, mailer: world.mailer };
};

it("tries each mail a dozen times in an hour without SES, and has all of them out soon after", async () => {
  const { seen, live, mailer } = await fleetOfMails(20);
  await live(hourMs);
  expect(mailer.sent).toEqual([]);
  expect(seen.tries).toBeLessThanOrEqual(20 * 12);
  // somebody is told
  expect(seen.dead).toBeGreaterThan(0);

  seen.isDown = false;
  const took = await live(hourMs);

  expect(mailer.sent).toHaveLength(20);
  expect(took).toBeLessThanOrEqual(25 * minuteMs);
});

it("lets no messages pile up for mails that no worker comes to: of each a few wait, after half a day without SES", async () => {
  const { seen, live, mailer } = await fleetOfMails(250);
  await live(14 * hourMs);

  seen.isDown = false;
  await live(hourMs);

  expect(mailer.sent).toHaveLength(250);
  expect(seen.mostWaiting).toBeLessThanOrEqual(6 * 250);
}, 60_000);
