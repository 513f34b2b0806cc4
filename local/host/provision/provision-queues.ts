import * as z from "zod";
import { type AwsCall, isRefusal } from "../../aws/aws-call.ts";
import type { Stack } from "../template/stack.ts";

const flag = z.union([z.boolean(), z.stringbool()]).optional();

const queueProperties = z.object({
  FifoQueue: flag,
  ContentBasedDeduplication: flag,
  DeduplicationScope: z.string().optional(),
  FifoThroughputLimit: z.string().optional(),
  DelaySeconds: z.coerce.number().optional(),
  VisibilityTimeout: z.coerce.number().optional(),
  MessageRetentionPeriod: z.coerce.number().optional(),
  ReceiveMessageWaitTimeSeconds: z.coerce.number().optional(),
  RedrivePolicy: z
    .object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.coerce.number() })
    .transform((policy) => JSON.stringify(policy))
    .optional(),
});

const queueUrl = z.object({ QueueUrl: z.string() });

export interface LocalQueue {
  arn: string;
  url: string;
}

/** What only matters when a queue is made; everything else may change from one template to the next. */
const fixedAttributes = new Set(["FifoQueue"]);

const settle = async (sqs: AwsCall, name: string, attributes: Record<string, string>): Promise<string> => {
  try {
    const { QueueUrl } = queueUrl.parse(await sqs("AmazonSQS.GetQueueUrl", { QueueName: name }));
    const changeable = Object.entries(attributes).filter(([attribute]) => !fixedAttributes.has(attribute));
    await sqs("AmazonSQS.SetQueueAttributes", { QueueUrl, Attributes: Object.fromEntries(changeable) });
    return QueueUrl;
  } catch (error) {
    if (!isRefusal(error, "QueueDoesNotExist")) {
      throw error;
    }
    return queueUrl.parse(await sqs("AmazonSQS.CreateQueue", { QueueName: name, Attributes: attributes })).QueueUrl;
  }
};

/**
 * Creates the queues that are not there yet. An emulator may answer with the address of an earlier run or with a name
 * that needs DNS, so only the path of the URL is its own.
 */
export const provisionQueues = (stack: Stack, sqs: AwsCall, endpoint: string): Promise<LocalQueue[]> =>
  Promise.all(
    stack.ofType("AWS::SQS::Queue").map(async (resource) => {
      const given = Object.entries(stack.properties(resource, queueProperties));
      const attributes = given.filter(([, value]) => value !== undefined && value !== false);
      const url = await settle(
        sqs,
        stack.nameOf(resource),
        Object.fromEntries(attributes.map(([name, value]) => [name, String(value)])),
      );
      const reachable = new URL(new URL(url).pathname, endpoint).href;
      stack.setRef(resource, reachable);
      return { arn: stack.arnOf(resource), url: reachable };
    }),
  );
