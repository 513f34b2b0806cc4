import * as z from "zod";
import { feedEndpoint } from "#shared/lambda/http-endpoint";
import { partnerId, partnerProfile } from "#shared/partners/partner";
import type { putPartner } from "./put-partner.ts";

export const putPartnerEndpoint = (put: ReturnType<typeof putPartner>) =>
  feedEndpoint({
    request: z.object({ path: z.object({ partnerId }), body: partnerProfile }),
    run: async ({ path, body }) => {
      const { id, name, owner, timeZone, updatedAt } = await put({ id: path.partnerId, profile: body });
      return { status: 200, body: { id, name, owner, timeZone, updatedAt } };
    },
  });
