import {
  InternalServerError,
  ProvisionedThroughputExceededException,
  ResourceNotFoundException,
} from "@aws-sdk/client-dynamodb";
import { expect, it } from "vitest";
import { awsFailure } from "#shared/aws-failures";

const answered = (name: string, httpStatusCode: number) =>
  Object.assign(new Error("canary"), { name, $metadata: { httpStatusCode } });
const network = (code: string) => Object.assign(new Error("canary"), { code });
const facts = (httpStatusCode: number) => ({ message: "canary", $metadata: { httpStatusCode } });

it.each([
  new ProvisionedThroughputExceededException(facts(400)),
  new InternalServerError(facts(500)),
  answered("ThrottlingException", 400),
  answered("Throttling", 400),
  answered("KmsThrottled", 400),
  answered("RequestLimitExceeded", 400),
  answered("TooManyRequestsException", 400),
  answered("TransactionInProgressException", 400),
  answered("ServiceUnavailable", 400),
  answered("UnknownError", 502),
  answered("UnknownError", 429),
  Object.assign(answered("LimitReached", 400), { $retryable: { throttling: true } }),
  Object.assign(new Error("canary"), { name: "TimeoutError" }),
  Object.assign(new Error("canary"), { name: "AbortError" }),
  network("ECONNRESET"),
  network("ECONNREFUSED"),
  network("EPIPE"),
  network("ETIMEDOUT"),
  network("ENOTFOUND"),
  network("EAI_AGAIN"),
  network("EHOSTUNREACH"),
  network("ENETUNREACH"),
])("takes %s for something that passes", (error) => {
  expect(awsFailure(error, "thing.unavailable", "The thing")).toMatchObject({
    kind: "unavailable",
    code: "thing.unavailable",
    message: "The thing did not answer.",
    cause: { name: error.name },
  });
});

it.each([
  new ResourceNotFoundException(facts(400)),
  answered("AccessDeniedException", 400),
  answered("AccessDenied", 403),
  answered("ValidationException", 400),
  answered("UnrecognizedClientException", 400),
  answered("ExpiredTokenException", 400),
  answered("KMSAccessDeniedException", 400),
  answered("DecryptionFailure", 400),
  answered("LimitExceededException", 400),
  Object.assign(new Error("canary"), { name: "CredentialsProviderError" }),
  new TypeError("canary"),
])("takes %s for a fault", (error) => {
  const failure = awsFailure(error, "thing.unavailable", "The thing");

  expect(failure).toMatchObject({
    name: "InfrastructureFault",
    message: `The thing refused a call: ${error.name}`,
  });
  expect(failure).not.toHaveProperty("cause");
});

it("takes what is no error for a fault", () => {
  expect(awsFailure("canary", "thing.unavailable", "The thing").message).toBe("The thing refused a call: unknown");
});
