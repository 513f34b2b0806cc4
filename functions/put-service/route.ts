import * as z from "zod";
import { docs, type ReplyOf } from "#shared/lambda/http/docs";
import { route } from "#shared/lambda/http/route";
import { serviceId, serviceRecord } from "#shared/services/hub-service";
import { serviceReply } from "#shared/services/service-reply";

export const putServiceRoute = route({
  method: "PUT",
  path: "/v1/hub/services/{serviceId}",
  callers: "feed",
  request: z.object({ path: z.object({ serviceId }), body: serviceRecord }),
});

export const putServiceDocs = () =>
  docs({
    id: "putService",
    tag: "Feed",
    summary: "Put a service into the vendor's catalogue",
    description: "One catalogue for all partners.",
    example: {
      name: "Endpoint protection",
      description: "Detection and response on workstations and servers",
      category: "security",
      subcategory: "endpoint detection and response (EDR)",
      unit: "devices",
    },
    replies: { 200: { description: "As it is kept", body: serviceReply } },
    problems: { 409: ["service.name-taken"] },
  });

export type PutServiceReply = ReplyOf<typeof putServiceDocs>;
