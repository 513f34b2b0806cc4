import type { APIGatewayProxyEventV2WithJWTAuthorizer, Context } from "aws-lambda";
import { AppError } from "../../errors.ts";
import { httpDoor } from "./http-endpoint.ts";

const unknownRoute = httpDoor(async () => {
  throw new AppError("not-found", "route.unknown", "There is no such route.");
});

/** Several routes behind one function, by the key that API Gateway gives them: `GET /v1/things/{thingId}`. */
export const httpRoutes = (routes: Record<string, ReturnType<typeof httpDoor>>) => {
  const doors = new Map(Object.entries(routes));
  return (event: APIGatewayProxyEventV2WithJWTAuthorizer, context: Context) =>
    (doors.get(event.routeKey) ?? unknownRoute)(event, context);
};
