import { describe, expect, it } from "vitest";
import type { Post } from "../gradient/call.ts";
import { calmDay } from "./calm-day.ts";

// After a 403 Gradient is tried again within a quarter of an hour at first, later every four hours. The next date of
// the schedule, which would send everything as well, is thirteen hours away.
const hours = 6;

/**
 * A person sends usage. With the first counts under way the partner replaces its key, so they are answered 401, and
 * their worker dies before it hears of it. Ten seconds after noon another run is due. Twenty seconds later the
 * message comes again, and the next worker carries the person's run on under the new key.
 */
const keyReplacedDuringRun = (day: ReturnType<typeof calmDay>, isForbidden: (post: Post) => boolean) => {
  let key = "";
  day.forbids((post) => {
    if (key === "") {
      key = day.replaceKey();
      day.senderDies(post);
    }
    return post.token === key && !day.heard(403) && isForbidden(post);
  });
  day.sendUsage();
  return () => key;
};

describe("when a new token is registered, and then Gradient refuses one call with 403", () => {
  it("sends everything where that was the last count of a run that had begun before", async () => {
    const day = calmDay();
    const key = keyReplacedDuringRun(day, ({ rebuildsViews }) => rebuildsViews);

    await day.goOn(hours);

    expect([day.heard(401), day.heard(403)]).toEqual([true, true]);
    expect(day.outcome(key())).toEqual({ accepted: { c0: 0, c1: 1, c2: 2 }, unseen: [], accusations: [] });
  });

  it("shows everything where that was the call for the views, after a last count that was unmapped", async () => {
    const day = calmDay({ unmapped: [2] });
    const key = keyReplacedDuringRun(day, () => day.heard(404));

    await day.goOn(hours);

    expect([day.heard(401), day.heard(403)]).toEqual([true, true]);
    expect(day.outcome(key())).toEqual({ accepted: { c0: 0, c1: 1 }, unseen: [], accusations: [] });
  });

  it("sends everything where that was the first call of a run that had become due before", async () => {
    const day = calmDay();
    let key = "";
    // the run that is due starts at 12:01, and its message comes by the sweep a minute later, when the key is another
    day.after(59, () => day.streamIsDown(true));
    day.after(70, () => day.streamIsDown(false));
    day.after(80, () => {
      key = day.replaceKey();
    });
    day.forbids(() => !day.heard(403));

    await day.goOn(hours);

    expect(day.heard(403)).toBe(true);
    expect(day.outcome(key)).toEqual({ accepted: { c0: 0, c1: 1, c2: 2 }, unseen: [], accusations: [] });
  });
});
