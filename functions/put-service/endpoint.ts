import { feedEndpoint } from "#shared/lambda/http-endpoint";
import type { putService } from "./put-service.ts";
import { type PutServiceReply, putServiceRoute } from "./route.ts";

export const putServiceEndpoint = (put: ReturnType<typeof putService>) =>
  feedEndpoint(putServiceRoute, async ({ path, body }): Promise<PutServiceReply> => {
    const stored = await put({ id: path.serviceId, record: body });
    const { id, name, description, category, subcategory, unit, updatedAt } = stored;
    return { status: 200, body: { id, name, description, category, subcategory, unit, updatedAt } };
  });
