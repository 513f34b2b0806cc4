import { describe, expect, it } from "vitest";
import type { ExportRun } from "#functions/export-usage/send/export-run";
import { newHalt } from "#functions/export-usage/send/halt";
import { lineDispatcher } from "#functions/export-usage/send/line-dispatcher";
import { newPatience } from "#functions/export-usage/send/patience";
import type { PreparedLine } from "#functions/export-usage/send/prepare-chunk";
import type { LineEnd } from "#functions/export-usage/send/settle-chunk";
import type { StopReason } from "#shared/exports/usage-export";
import { stopVerdict, unansweredBefore, verdicts } from "#shared/exports/verdicts";
import type { CountAnswer, CountClient } from "#shared/gradient/gradient-api";
import { takeTurn } from "#shared/gradient/gradient-requests";
import { partnerToken } from "#shared/gradient/gradient-token";
import { lineKey } from "#shared/usage/ledger";
import { virtualClock } from "#test/fakes/virtual-clock";

const slotMs = 10;
const answerMs = 1_000;

/** A run whose pacer gives a slot every 10 ms, and whose Gradient answers after a second. */
const aRun = ({
  callsPerSecond = 95,
  answers = [],
  hasGivenUp = false,
}: {
  callsPerSecond?: number;
  answers?: CountAnswer[];
  hasGivenUp?: boolean;
} = {}) => {
  const clock = virtualClock();
  const sent: string[] = [];
  const told: { stop: StopReason | null; outage: StopReason | null } = { stop: null, outage: null };
  const state = { isSafe: true, slots: 0, expected: 0, underWay: 0, mostUnderWay: 0 };
  let last = Promise.resolve();
  const pacer = {
    slot: () => {
      state.slots += 1;
      last = last.then(() => clock.sleep(slotMs));
      return last.then(() => Number.POSITIVE_INFINITY);
    },
    slowDown: async () => undefined,
    expect: (calls: number) => {
      state.expected += calls;
    },
  };
  const gradient: CountClient = {
    as: (caller) => ({
      setUnitCount: async (_, { accountId }) => {
        const sentAt = await takeTurn(caller, clock.date).catch(() => null);
        if (sentAt === null) return { kind: "not-sent" };
        sent.push(accountId);
        state.underWay += 1;
        state.mostUnderWay = Math.max(state.mostUnderWay, state.underWay);
        await clock.sleep(answerMs);
        state.underWay -= 1;
        return { ...(answers.shift() ?? { kind: "accepted" }), sentAt };
      },
    }),
  };
  const halt = newHalt(() => told.stop);
  const run = {
    gradient,
    pacer,
    callsPerSecond,
    clock,
    random: () => 0.5,
    lease: { keep: async () => undefined, isSafe: () => state.isSafe },
    halt,
    token: { value: partnerToken.parse("gradient-partner-token-0001"), secretName: "s", versionId: "v" },
    services: new Map([["dns", { gradientServiceId: "gradient-dns" }]]),
    outage: async () => told.outage,
    patience: hasGivenUp ? { ...newPatience(clock), isOver: () => true } : newPatience(clock),
    onAnswer: (_: CountAnswer) => undefined,
    heard: new Map(),
    notTaken: new Map(),
  } as unknown as ExportRun;
  return { clock, sent, told, state, halt, run, dispatcher: lineDispatcher(run) };
};

const aLine = (customerId: string, verdict: PreparedLine["verdict"] = "send"): PreparedLine => ({
  line: { customerId, customerName: customerId, serviceId: "dns", serviceName: "DNS", billed: true },
  unitCount: 4,
  asOf: null,
  entry: undefined,
  left: undefined,
  verdict,
});
const ids = (count: number) => Array.from({ length: count }, (_, index) => `c${index}`);

const dispatchAll = async (
  { dispatcher }: ReturnType<typeof aRun>,
  lines: PreparedLine[],
  between: (index: number) => void = () => undefined,
): Promise<LineEnd[]> => {
  const ends: Promise<LineEnd>[] = [];
  for (const [index, line] of lines.entries()) {
    ends.push((await dispatcher.dispatch(line, false)).end);
    between(index);
  }
  return Promise.all(ends);
};

describe("the calls of a run", () => {
  it("go out in the order of its lines, each in its own slot, without waiting for answers", async () => {
    const run = aRun();
    const startedAt = run.clock.now();

    const ends = await run.clock.settle(
      dispatchAll(
        run,
        ids(30).map((id) => aLine(id)),
      ),
    );

    expect(run.sent).toEqual(ids(30));
    expect(run.state.slots).toBe(30);
    expect(run.clock.now() - startedAt).toBe(30 * slotMs + answerMs);
    expect(ends[29]).toMatchObject({ answer: { kind: "accepted" }, sentAt: startedAt + 30 * slotMs });
  });

  it("are no more at a time than Gradient has in two seconds", async () => {
    const run = aRun({ callsPerSecond: 5 });

    await run.clock.settle(
      dispatchAll(
        run,
        ids(40).map((id) => aLine(id)),
      ),
    );

    expect(run.sent).toHaveLength(40);
    expect(run.state.mostUnderWay).toBe(10);
  });

  it.each([
    ["a stop", "cancelled", { stop: "cancelled" }],
    ["what comes in everybody's way, also within a chunk", "gradient-down", { outage: "gradient-down" }],
  ] as const)("end with %s: the rest is neither sent nor waited for", async (_, reason, told) => {
    const run = aRun();

    const ends = await run.clock.settle(
      dispatchAll(
        run,
        ids(10).map((id) => aLine(id)),
        (index) => {
          if (index === 3) Object.assign(run.told, told);
        },
      ),
    );

    expect(run.sent).toEqual(ids(4));
    expect(ends.slice(4)).toEqual(Array.from({ length: 6 }, () => stopVerdict(reason)));
    // nobody reserves slots for them
    expect(run.state).toMatchObject({ slots: 4, expected: -6 });
  });

  it("heed a stop that comes while a line waits for its slot", async () => {
    const run = aRun();
    const stopSoon = run.clock.sleep(slotMs / 2).then(() => {
      run.told.stop = "cancelled";
    });

    const [ends] = await run.clock.settle(Promise.all([dispatchAll(run, [aLine("a"), aLine("b")]), stopSoon]));

    expect(run.sent).toEqual([]);
    expect(ends).toEqual([stopVerdict("cancelled"), stopVerdict("cancelled")]);
    expect(run.halt.cause()).toMatchObject({ kind: "told" });
  });

  it("are not said not to have been made where a dead worker may have made them, once the run is stopped", async () => {
    const run = aRun();
    const left = (id: string) => ({ ...aLine(id), left: { at: 0, unitCount: 4 } });
    const stopSoon = run.clock.sleep(slotMs / 2).then(() => Object.assign(run.told, { stop: "cancelled" }));

    // the first waits for its slot when the stop comes, the others have not asked for one
    const ends = dispatchAll(run, [left("a"), left("b"), aLine("c")]);
    await run.clock.settle(Promise.all([ends, stopSoon]));

    const cancelled = stopVerdict("cancelled");
    const unknown = unansweredBefore(cancelled);
    expect(run.sent).toEqual([]);
    expect(await ends).toEqual([unknown, unknown, cancelled]);
  });

  it("are left to the next worker when the lease ran out before the slot came", async () => {
    const run = aRun();
    const runsOut = run.clock.sleep(slotMs / 2).then(() => {
      run.state.isSafe = false;
    });

    await run.clock.settle(Promise.all([dispatchAll(run, [aLine("a"), aLine("b")]), runsOut]));

    expect(run.sent).toEqual([]);
    expect(() => run.halt.rethrow()).toThrow("The lease ran out");
  });

  it("are not said not to have been made where a dead worker may have made them, once the run has given up", async () => {
    const run = aRun({ hasGivenUp: true });
    const left = { ...aLine("a"), left: { at: 0, unitCount: 4 } };

    const ends = await run.clock.settle(dispatchAll(run, [left, aLine("b")]));

    expect(ends).toEqual([verdicts.noAnswerBeforeStop, verdicts.untried]);
  });

  it("are not made for a line that is decided already", async () => {
    const run = aRun();

    const ends = await run.clock.settle(dispatchAll(run, [aLine("a", verdicts.unchanged)]));

    expect(ends).toEqual([verdicts.unchanged]);
    expect(run.state).toMatchObject({ slots: 0, expected: 0 });
  });
});

describe("a number that a worker has noted", () => {
  const lost: CountAnswer = { kind: "in-doubt", reason: "503" };
  const refused: CountAnswer = { kind: "forbidden" };

  it.each<[string, CountAnswer[], boolean]>([
    ["is not taken after a refusal", [refused], true],
    ["is not taken after a 429 and a refusal", [{ kind: "throttled", retryAfterMs: null }, refused], true],
    ["may be taken where an earlier call has got no answer", [lost, refused], false],
    ["is taken", [], false],
  ])("%s", async (_, answers, isNotTaken) => {
    const { clock, dispatcher, run } = aRun({ answers });
    const left = { at: 0, unitCount: 3 };
    const line = { ...aLine("a"), left };
    run.notTaken.set(lineKey(line.line), left);

    await clock.settle(dispatcher.dispatch(line, false).then(({ end }) => end));

    expect([...run.notTaken.values()]).toEqual(isNotTaken ? [left] : []);
  });

  it("may be taken while its call is under way, and is not where that never goes out", async () => {
    const { clock, dispatcher, run, told, sent } = aRun();
    const [first, second] = [aLine("a"), aLine("b")];
    for (const { line } of [first, second]) run.notTaken.set(lineKey(line), undefined);

    const { end } = await clock.settle(dispatcher.dispatch(first, false));
    expect([...run.notTaken.keys()]).toEqual([lineKey(second.line)]);
    const stopSoon = clock.sleep(slotMs / 2).then(() => Object.assign(told, { stop: "cancelled" }));
    await clock.settle(Promise.all([dispatcher.dispatch(second, false), stopSoon, end]));

    expect(sent).toEqual(["a"]);
    expect([...run.notTaken.keys()]).toEqual([lineKey(second.line)]);
  });
});
