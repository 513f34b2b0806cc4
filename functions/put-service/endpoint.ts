import { feedEndpoint } from "#shared/lambda/http/feed-endpoint";
import type { HubService } from "#shared/services/hub-service";
import { otherInGradient } from "#shared/services/service-names";
import type { putService } from "./put-service.ts";
import { type PutServiceReply, putServiceRoute } from "./route.ts";

/** Where the service stands in Gradient. */
const stateInGradient = (service: HubService) => {
  const { name, gradientServiceId, gradientName, refusal } = service;
  const other = otherInGradient(service);
  return {
    state: gradientServiceId !== null ? "created" : refusal ? "refused" : "awaited",
    name: gradientServiceId === null ? null : (gradientName ?? name),
    hasOtherName: other.name !== null,
    hasOtherDescription: other.isDescription,
    refusal: refusal ? { words: refusal.words, at: refusal.at, retryAt: refusal.retryAt } : null,
  } as const;
};

export const putServiceEndpoint = (put: ReturnType<typeof putService>) =>
  feedEndpoint(putServiceRoute, async ({ path, body }): Promise<PutServiceReply> => {
    const stored = await put({ id: path.serviceId, record: body });
    const { id, name, description, category, subcategory, unit, updatedAt } = stored;
    const gradient = stateInGradient(stored);
    return { status: 200, body: { id, name, description, category, subcategory, unit, updatedAt, gradient } };
  });
