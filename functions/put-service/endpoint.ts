import * as z from "zod";
import { feedEndpoint } from "#shared/lambda/http-endpoint";
import { serviceId, serviceRecord } from "#shared/services/hub-service";
import type { putService } from "./put-service.ts";

export const putServiceEndpoint = (put: ReturnType<typeof putService>) =>
  feedEndpoint({
    request: z.object({ path: z.object({ serviceId }), body: serviceRecord }),
    run: async ({ path, body }) => {
      const stored = await put({ id: path.serviceId, record: body });
      const { id, name, description, category, subcategory, unit, updatedAt } = stored;
      return { status: 200, body: { id, name, description, category, subcategory, unit, updatedAt } };
    },
  });
