import { feedEndpoint } from "#shared/lambda/http-endpoint";
import type { HubService } from "#shared/services/hub-service";
import { plainName } from "#shared/services/service-names";
import type { putService } from "./put-service.ts";
import { type PutServiceReply, putServiceRoute } from "./route.ts";

/**
 * Where the service stands in Gradient. It is created there once and never changed, because Gradient documents no call
 * for that: a name that the hub has changed since stays another one there.
 */
const stateInGradient = ({ name, gradientServiceId, gradientName, refusal }: HubService) => ({
  state: gradientServiceId !== null ? "created" : refusal ? "refused" : "awaited",
  name: gradientServiceId === null ? null : (gradientName ?? name),
  hasOtherName: gradientServiceId !== null && plainName(gradientName ?? name) !== plainName(name),
  refusal: refusal ? { words: refusal.words, at: refusal.at, retryAt: refusal.retryAt } : null,
});

export const putServiceEndpoint = (put: ReturnType<typeof putService>) =>
  feedEndpoint(putServiceRoute, async ({ path, body }): Promise<PutServiceReply> => {
    const stored = await put({ id: path.serviceId, record: body });
    const { id, name, description, category, subcategory, unit, updatedAt } = stored;
    const gradient = stateInGradient(stored);
    return { status: 200, body: { id, name, description, category, subcategory, unit, updatedAt, gradient } };
  });
