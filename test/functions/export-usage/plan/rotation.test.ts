import { describe, expect, it } from "vitest";
import { repeatRotation } from "#functions/export-usage/plan/rotation";
import { nextRunAt } from "#shared/schedules/next-run";
import { type ExportSchedule, exportSchedule } from "#shared/schedules/schedule";
import { dayMs, hourMs, localDate } from "#shared/schedules/zoned-time";
import { customersNamed } from "#test/builders/connected-world";
import { seededRandom } from "#test/builders/seeded-random";

const daily = (timeZone: string, hour = 2) => exportSchedule.parse({ frequency: "daily", hour, timeZone });

// a run of repeats comes a little later, and takes its time
const soonAfterMs = 20 * 60_000;

/** When each customer's unchanged count is sent, by runs on the dates of a schedule; before the first all were. */
const repeatsOf = (
  partnerId: string,
  customers: string[],
  schedule: ExportSchedule,
  from: string,
  days: number,
  { waitMs = () => soonAfterMs, lateMs = (): number => 0 } = {},
) => {
  const end = Date.parse(from) + days * dayMs;
  const sentAt = new Map(customers.map((id) => [id, [Date.parse(from)]]));
  const dates: number[] = [];
  for (let at = nextRunAt(schedule, new Date(from)); at.getTime() < end; at = nextRunAt(schedule, at)) {
    const now = at.getTime() + lateMs();
    dates.push(now);
    const isDue = repeatRotation(partnerId, schedule.timeZone, now);
    const sendsAt = now + waitMs();
    for (const [id, sent] of sentAt) {
      if (isDue(id, new Date(sent.at(-1) ?? 0).toISOString())) sent.push(sendsAt);
    }
  }
  return { sentAt, dates };
};

const zones = ["UTC", "Europe/Prague", "America/Denver", "Asia/Kathmandu", "Pacific/Kiritimati"];

describe("an unchanged count is sent again", () => {
  const oldestOf = (sentAt: Map<string, number[]>): number =>
    Math.max(...[...sentAt.values()].flatMap((sent) => sent.slice(1).map((at, index) => at - (sent[index] ?? 0))));

  it.each(zones)("within eight days with a daily schedule, in %s, the whole year", (timeZone) => {
    const { sentAt } = repeatsOf("org-1", customersNamed(60), daily(timeZone), "2026-01-04T12:00:00.000Z", 370);

    expect(oldestOf(sentAt)).toBeLessThanOrEqual(8 * dayMs);
  });

  it.each(zones)("so also where repeats wait up to half a day for others, in %s", (timeZone) => {
    const random = seededRandom(7);
    // the runs of a busy night begin up to an hour late, and repeats go with them after twelve hours
    const queues = { lateMs: () => random() * hourMs, waitMs: () => random() * 13 * hourMs };
    const from = "2026-01-04T12:00:00.000Z";
    const { sentAt } = repeatsOf("org-1", customersNamed(200), daily(timeZone), from, 370, queues);

    expect(oldestOf(sentAt)).toBeLessThanOrEqual(8 * dayMs);
  });

  it("with a weekly schedule by each of its runs, also where the last one was late", () => {
    const random = seededRandom(8);
    const weekly = exportSchedule.parse({ frequency: "weekly", dayOfWeek: 3, hour: 2, timeZone: "Europe/Prague" });
    const queues = { waitMs: () => random() * 13 * hourMs };
    const { sentAt } = repeatsOf("org-1", customersNamed(200), weekly, "2026-01-07T10:00:00.000Z", 360, queues);

    expect(oldestOf(sentAt)).toBeLessThanOrEqual(8 * dayMs);
  });

  it("so also where it was sent at any time of a day, and from then on once a week", () => {
    const random = seededRandom(9);
    for (let partner = 0; partner < 50; partner += 1) {
      const from = new Date(Date.parse("2026-03-02T00:00:00.000Z") + random() * 7 * dayMs).toISOString();
      const { sentAt, dates } = repeatsOf(`org-${partner}`, customersNamed(140), daily("Europe/Prague"), from, 20);
      const onDates = dates.slice(8, 15).map((date) => {
        const ofDate = [...sentAt.values()].filter((sent) => sent.includes(date + soonAfterMs));
        return ofDate.length;
      });

      expect(oldestOf(sentAt)).toBeLessThanOrEqual(8 * dayMs);
      expect(onDates.reduce((sum, count) => sum + count, 0)).toBe(140);
    }
  });

  it.each(zones)("once within the last three days of each month, in %s, whatever the clocks do", (timeZone) => {
    const { sentAt } = repeatsOf("org-1", customersNamed(60), daily(timeZone), "2026-01-04T12:00:00.000Z", 360);

    for (let month = 0; month < 11; month += 1) {
      const firstOfNext = Date.UTC(2026, month + 1, 1);
      const isLast = (at: number) => {
        const date = localDate(at, timeZone);
        return date < firstOfNext && date >= firstOfNext - 3 * dayMs;
      };
      const times = [...sentAt.values()].map((sent) => sent.slice(1).filter(isLast).length);
      expect(new Set(times), `month ${month + 1}`).toEqual(new Set([1]));
    }
  });

  it("a seventh of them a day, so that neither partners nor the lines of a large one fall into step", () => {
    const dueOn = (partnerId: string, customers: string[]) => {
      const { sentAt, dates } = repeatsOf(partnerId, customers, daily("UTC"), "2026-01-02T12:00:00.000Z", 20);
      return dates
        .slice(7, 14)
        .map((date) => [...sentAt.values()].filter((sent) => sent.includes(date + 20 * 60_000)).length);
    };
    const ofOne = dueOn("org-1", customersNamed(700));
    const ofMany = Array.from({ length: 700 }, (_, index) => dueOn(`org-${index}`, ["c1"]));
    const perDay = [0, 1, 2, 3, 4, 5, 6].map((day) => ofMany.reduce((sum, days) => sum + (days[day] ?? 0), 0));

    for (const count of [...ofOne, ...perDay]) {
      expect(count).toBeGreaterThan(60);
      expect(count).toBeLessThan(140);
    }
  });

  it("on each of a month's last days some of them", () => {
    const { sentAt, dates } = repeatsOf("org-1", customersNamed(600), daily("UTC"), "2026-01-20T12:00:00.000Z", 12);
    const counts = dates
      .filter((date) => date >= Date.parse("2026-01-29") && date < Date.parse("2026-02-01"))
      .map((date) => [...sentAt.values()].filter((sent) => sent.includes(date + 20 * 60_000)).length);

    expect(counts).toHaveLength(3);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(600);
    for (const count of counts) {
      expect(count).toBeGreaterThan(90);
      expect(count).toBeLessThan(300);
    }
  });

  it("not a second time on the same date, nor right after it was sent", () => {
    const now = Date.parse("2026-05-12T00:00:00.000Z");
    for (const id of customersNamed(300)) {
      expect(repeatRotation("org-1", "UTC", now)(id, new Date(now).toISOString())).toBe(false);
      expect(repeatRotation("org-1", "UTC", now + 60_000)(id, new Date(now + 60_000).toISOString())).toBe(false);
    }
  });

  it("at the same moment of the rotation whoever asks", () => {
    const now = Date.parse("2026-05-12T00:00:00.000Z");
    const ask = () =>
      customersNamed(50).map((id) => repeatRotation("org-1", "UTC", now)(id, "2026-05-08T00:00:00.000Z"));

    expect(ask()).toEqual(ask());
    expect(new Set(ask())).toEqual(new Set([true, false]));
  });

  it("with another schedule by the next run after its turn: monthly ones repeat everything each time", () => {
    const monthly = exportSchedule.parse({ frequency: "monthly", dayOfMonth: 12, hour: 2, timeZone: "UTC" });
    const { sentAt, dates } = repeatsOf("org-1", customersNamed(50), monthly, "2026-01-02T12:00:00.000Z", 150);

    for (const sent of sentAt.values()) expect(sent).toHaveLength(dates.length + 1);
  });
});
