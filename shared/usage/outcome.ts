import * as z from "zod";

/**
 * What a line can end in, exactly one each. `accepted`: Gradient answered 201, which is not yet an approval.
 * `unchanged`: Gradient holds this number already. `unmapped`: the partner has not mapped the account or the service
 * (404). `rejected`: Gradient refuses this line (400). `deferred`: not sent, or not surely; the next run sends it.
 * `superseded`: a newer run took it over.
 */
export const lineOutcome = z.enum(["accepted", "unchanged", "unmapped", "rejected", "deferred", "superseded"]);
export type LineOutcome = z.infer<typeof lineOutcome>;
