import { feedEndpoint } from "#shared/lambda/http/feed-endpoint";
import type { putPartner } from "./put-partner.ts";
import { type PutPartnerReply, putPartnerRoute } from "./route.ts";

export const putPartnerEndpoint = (put: ReturnType<typeof putPartner>) =>
  feedEndpoint(putPartnerRoute, async ({ path, body }): Promise<PutPartnerReply> => {
    const { id, name, owner, timeZone, updatedAt } = await put({ id: path.partnerId, profile: body });
    return { status: 200, body: { id, name, owner, timeZone, updatedAt } };
  });
