import * as z from "zod";

/** Who hears of results beside the owner, and whether of good ones, too. */
export const notifications = z.object({ recipients: z.array(z.string()), onSuccess: z.boolean() });
export type Notifications = z.infer<typeof notifications>;

export const noNotifications: Notifications = { recipients: [], onSuccess: false };
