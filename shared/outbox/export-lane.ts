import * as z from "zod";

/** Which queue a run takes: somebody waits for one that is on demand. A lane of another version counts as scheduled. */
export const exportLane = z.enum(["on-demand", "scheduled"]).catch("scheduled");
