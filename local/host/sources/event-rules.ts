import * as z from "zod";
import type { AwsCalls } from "../../aws/aws-endpoints.ts";
import type { BusEvent } from "../../bus-event.ts";
import type { LocalQueue } from "../provision/provision-queues.ts";
import type { Stack } from "../template/stack.ts";

const rule = z.object({
  EventPattern: z.looseObject({}),
  Targets: z.array(
    z.object({
      Arn: z.string(),
      InputTransformer: z.object({ InputPathsMap: z.record(z.string(), z.string()), InputTemplate: z.string() }),
    }),
  ),
});

/** What lies at `$.a.b` of an event. */
const valueAt = (event: unknown, path: string): unknown =>
  path
    .split(".")
    .slice(1)
    .reduce<unknown>(
      (value, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined),
      event,
    );

/** Lists of values that a field may have, and objects of such; as much of EventBridge's patterns as our rules use. */
const matches = (pattern: unknown, value: unknown): boolean => {
  if (Array.isArray(pattern)) return [value].flat().some((one) => pattern.includes(one));
  if (typeof pattern !== "object" || pattern === null || typeof value !== "object" || value === null) return false;
  return Object.entries(pattern).every(([key, inner]) => matches(inner, Reflect.get(value, key)));
};

/** The template's rules on the default bus: publishes an event to the queues of those that it matches. */
export const eventRules = (stack: Stack, { sqs }: AwsCalls, queues: LocalQueue[]) => {
  const rules = stack.ofType("AWS::Events::Rule").map((resource) => stack.properties(resource, rule));

  return async (event: BusEvent): Promise<void> => {
    for (const { EventPattern, Targets } of rules) {
      if (!matches(EventPattern, event)) continue;
      for (const { Arn, InputTransformer } of Targets) {
        const queue = queues.find(({ arn }) => arn === Arn);
        if (!queue) continue;
        const { InputPathsMap: paths, InputTemplate: template } = InputTransformer;
        const body = template.replace(/<([\w-]+)>/g, (_, name: string) =>
          JSON.stringify(valueAt(event, paths[name] ?? "") ?? ""),
        );
        await sqs("AmazonSQS.SendMessage", { QueueUrl: queue.url, MessageBody: body });
      }
    }
  };
};
