import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { endpointVariables, givenEndpoint } from "#local/aws/aws-endpoints";
import { startEmulators } from "#local/aws/emulators";

it("takes the service's own variable before the general one, as the SDK does", () => {
  const environment = { AWS_ENDPOINT_URL: "http://all.test", AWS_ENDPOINT_URL_SQS: "http://queues.test" };

  expect(givenEndpoint("SQS", environment)).toBe("http://queues.test");
  expect(givenEndpoint("DYNAMODB", environment)).toBe("http://all.test");
  expect(givenEndpoint("DYNAMODB", {})).toBeUndefined();
});

it("starts nothing of its own for a service that the user named, and tells the functions", async () => {
  const folder = mkdtempSync(join(tmpdir(), "endpoints-"));
  const closers: (() => Promise<void>)[] = [];
  const { endpoints, mailbox } = await startEmulators({
    publish: async () => undefined,
    folder: { path: folder, file: (name) => join(folder, name), release: () => undefined },
    mailboxPort: 0,
    environment: { AWS_ENDPOINT_URL_DYNAMODB: "http://tables.test", AWS_ENDPOINT_URL_SQS: "http://queues.test" },
    closing: (close) => closers.push(close),
  });

  expect(endpointVariables(endpoints)).toMatchObject({
    AWS_ENDPOINT_URL_DYNAMODB: "http://tables.test",
    AWS_ENDPOINT_URL_SQS: "http://queues.test",
    AWS_ENDPOINT_URL_SES: mailbox.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: expect.stringMatching(/^http:\/\/127\.0\.0\.1:/),
  });
  // the mailbox and Secrets Manager
  expect(closers).toHaveLength(2);
  for (const close of closers) await close();
  rmSync(folder, { recursive: true });
});
