import * as z from "zod";
import { instant } from "../identifier.ts";

export const partnerReply = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    owner: z.strictObject({ name: z.string(), email: z.string() }),
    timeZone: z.string(),
    updatedAt: instant,
  })
  .meta({
    id: "Partner",
    examples: [
      {
        id: "org-1001",
        name: "Example MSP",
        owner: { name: "Dana Reyes", email: "dana.reyes@msp.example" },
        timeZone: "Europe/Prague",
        updatedAt: "2026-11-22T12:00:00.000Z",
      },
    ],
  });
