import { feedEndpoint } from "#shared/lambda/http/feed-endpoint";
import type { readPartner } from "./read-partner.ts";
import { type ReadPartnerReply, readPartnerRoute } from "./route.ts";

export const readPartnerEndpoint = (read: ReturnType<typeof readPartner>) =>
  feedEndpoint(readPartnerRoute, async ({ path }): Promise<ReadPartnerReply> => {
    const { partner, ...rest } = await read(path.partnerId);
    const { id, name, owner, timeZone, updatedAt } = partner;
    return { status: 200, body: { id, name, owner, timeZone, updatedAt, ...rest } };
  });
