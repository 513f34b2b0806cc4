import { describe, expect, it } from "vitest";
import { owed, type Run } from "#test/builders/owed-result";
import { both, dayMs, each, quietWorld, refused, toldOf } from "#test/builders/told-results";

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
    [
      "a line that a run of it has brought is told when it fails again, though others may be left",
      [
        ["all", { b: "rejected" }],
        ["narrowed", { b: "accepted" }],
        ["all", { b: "rejected" }],
      ],
      [0, 2],
    ],
    [
      "whatever is left is told anew once a run of some lines has brought one, and then it is known",
      [
        ["all", { ...both, c: "rejected" }],
        ["narrowed", { b: "accepted" }],
        ["all", { c: "rejected" }],
        ["all", { c: "rejected" }],
      ],
      [0, 2],
    ],
    [
      "but not where it has brought others",
      [
        ["all", both],
        ["narrowed", { c: "accepted" }],
        ["all", both],
      ],
      [0],
    ],
    [
      "what a run of it has brought is told by the next that meets it, whichever that is",
      [
        ["all", both],
        ["narrowed", { b: "accepted" }],
        ["retry", refused],
        ["narrowed", { b: "rejected" }],
      ],
      [0, 2, 3],
    ],
    [
      "what only a run of some lines had told is told again once another has brought it",
      [
        ["all", refused],
        ["repeat", { b: "rejected" }],
        ["narrowed", { b: "accepted" }],
        ["all", { b: "rejected" }],
      ],
      [0, 1, 3],
    ],
    ["a success of any run ends what was said", [...each, ["retry", { a: "accepted" }], ...each], [0, 3]],
    ["but of repeats, that other lines arrived", [...each, ["repeat", { d: "accepted" }], ...each], [0]],
  ])("%s", async (_, runs, told) => {
    expect(await toldOf(await quietWorld(), runs)).toEqual(told);
  });

  it("what was told of an earlier connection is told of another one", async () => {
    const world = await quietWorld();
    for (const connection of ["connection-1", "connection-2", "connection-2"]) {
      await owed(world, `run-${world.clock.now()}`, ["all", both], connection);
      await world.work();
      await world.pass(dayMs);
    }
    expect(world.mailer.sent).toHaveLength(2);
  });
});
