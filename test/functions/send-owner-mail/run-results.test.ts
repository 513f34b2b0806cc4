import { describe, expect, it } from "vitest";
import { putNotifications } from "#functions/put-notifications/put-notifications";
import { watchMails } from "#functions/watch-mails/watch-mails";
import type { ExportKind } from "#shared/exports/usage-export";
import { oweMail } from "#shared/mail/owe-mail";
import { activeWorld } from "#test/builders/connected-world";
import { aChunkRow, anExportRow, aReceipt } from "#test/builders/usage-export";
import type { ServiceWorld } from "#test/fakes/service-world";

const dayMs = 24 * 60 * 60_000;

/** What became of a customer's line. */
type Lines = Record<string, "accepted" | "rejected" | "deferred">;
/** Without lines where it ended before they were fixed. */
type Run = [ExportKind, Lines | null];

const quietWorld = async (onSuccess = false) => {
  const world = await activeWorld(["a"]);
  await putNotifications(world.common)({
    partnerId: world.partnerId,
    notifications: { recipients: [], onSuccess },
    by: world.by,
  });
  await world.work();
  world.mailer.sent.length = 0;
  return world;
};

/** A run is over, and its mail is owed. */
const owed = async (world: ServiceWorld, id: string, [kind, lines]: Run) => {
  const { table, partnerId, common, clock } = world;
  const at = clock.date().toISOString();
  const receipts = Object.entries(lines ?? {}).map(([customerId, outcome]) =>
    aReceipt({ customerId, customerName: `Customer ${customerId}`, outcome }),
  );
  const isGood = lines !== null && receipts.every((receipt) => receipt.outcome === "accepted");
  const chunks = lines && 1;
  const outcome = isGood ? "succeeded" : lines ? "partial" : "failed";
  const stop = lines ? null : "stalled";
  await table.put(
    anExportRow({ partnerId, id, kind, stop, chunks, allChunks: chunks, state: "finished", outcome, finishedAt: at }),
  );
  await table.put(aChunkRow({ partnerId, exportId: id, number: 0, content: { state: "done", receipts } }));
  await table.transact(
    oweMail({ partnerId, mailId: id, facts: { kind: "run-result", exportId: id } }, { at, newId: common.newId }),
  );
};

/** The runs come a day apart, so that no limit holds a mail back; which of them are told of, by their place. */
const toldOf = async (world: ServiceWorld, runs: Run[]): Promise<number[]> => {
  for (const [place, run] of runs.entries()) {
    await owed(world, `run-${place}`, run);
    await world.work();
    await world.pass(dayMs);
  }
  return world.mailer.sent.map(({ reference }) => Number(reference.slice("run-".length)));
};

const refused: Lines = { a: "deferred" };
const both: Lines = { a: "deferred", b: "rejected" };
const each: Run[] = [
  ["all", both],
  ["retry", refused],
];

describe("of what Gradient does not take", () => {
  it.each<[string, Run[], number[]]>([
    ["for good, the owner is told once, however often all lines and some are tried in turn", [...each, ...each], [0]],
    [
      "first seen by a run of some lines, once by it, and once with all others",
      [...each.toReversed(), ...each],
      [0, 1],
    ],
    ["new lines are told, by whatever run", [...each, ["retry", { c: "deferred", ...refused }], ...each], [0, 2]],
    ["a line that is refused now, and was left over before, is news", [...each, ["retry", { a: "rejected" }]], [0, 2]],
    [
      "what all lines' run has brought is told when it fails again, too",
      [
        ["all", refused],
        ["retry", { ...refused, c: "deferred" }],
        ["all", refused],
        ["retry", { ...refused, c: "deferred" }],
      ],
      [0, 1, 3],
    ],
    ["a run that planned no lines is told, and ends nothing", [...each, ["all", null], ...each], [0, 2]],
    [
      "what a run of some lines has brought is told when it fails again, though others have failed all the time",
      [
        ...each,
        ["all", { ...both, c: "deferred" }],
        ["retry", { ...refused, c: "accepted" }],
        ["all", { ...both, c: "deferred" }],
      ],
      [0, 2, 4],
    ],
    ["a success of any run ends what was said", [...each, ["retry", { a: "accepted" }], ...each], [0, 3]],
    ["but of repeats, that other lines arrived", [...each, ["repeat", { d: "accepted" }], ...each], [0]],
  ])("%s", async (_, runs, told) => {
    expect(await toldOf(await quietWorld(), runs)).toEqual(told);
  });

  it("repeats that arrived are not told of in between, though good runs are asked for", async () => {
    const world = await quietWorld(true);
    expect(await toldOf(world, [...each, ["repeat", { d: "accepted" }], ...each])).toEqual([0]);
  });

  const news: Lines = { ...both, c: "rejected" };
  it.each<[string, Run[]]>([
    [
      "a run of some of it",
      [
        ["all", news],
        ["retry", refused],
      ],
    ],
    [
      "a run that brought some of it",
      [
        ["all", news],
        ["retry", { a: "accepted" }],
      ],
    ],
    [
      "a run of another line",
      [
        ["all", news],
        ["narrowed", { d: "rejected" }],
      ],
    ],
    [
      "one that ended before its lines were fixed",
      [
        ["all", news],
        ["all", null],
      ],
    ],
    [
      "a run of what was told",
      [
        ["all", refused],
        ["narrowed", { c: "rejected" }],
        ["retry", refused],
      ],
    ],
  ])("what waits for the next day is told though %s was the last one", async (_, last) => {
    const world = await quietWorld();
    const runs: Run[] = [["all", refused], ["all", both], ["all", refused], ...last];
    for (const [place, run] of runs.entries()) {
      await owed(world, `run-${place}`, run);
      await world.work();
    }
    expect(world.mailer.sent).toHaveLength(3);

    await world.pass(dayMs);
    await watchMails({ ...world.common, tokenPolicyDays: 180 })({ remainingMs: () => 60_000 });
    await world.work();

    const after = world.mailer.sent.slice(3).filter(({ reference }) => /^run-\d/.test(reference));
    expect(after.map(({ text }) => text)).toEqual([expect.stringContaining("Customer c")]);
  });
});
