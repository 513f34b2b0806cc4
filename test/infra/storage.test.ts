import { expect, it } from "vitest";
import { dueIndexes } from "#shared/table/table";
import { synthesised } from "./synthesised.ts";

const [table, ...others] = synthesised("prod").ofType("AWS::DynamoDB::GlobalTable");

it("keeps everything in one table", () => {
  expect(table).toBeDefined();
  expect(others).toEqual([]);
});

it("never deletes the table with the stack, nor by a slip of the hand", () => {
  expect(table).toMatchObject({
    DeletionPolicy: "Retain",
    UpdateReplacePolicy: "Retain",
    Properties: { Replicas: [{ DeletionProtectionEnabled: true }] },
  });
});

it("can go back to any second of the last weeks", () => {
  expect(table?.Properties.Replicas).toMatchObject([
    { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } },
  ]);
});

it("is paid by use, forgets by expiresAt and streams what it was told", () => {
  expect(table?.Properties).toMatchObject({
    BillingMode: "PAY_PER_REQUEST",
    TimeToLiveSpecification: { AttributeName: "expiresAt", Enabled: true },
    StreamSpecification: { StreamViewType: "NEW_IMAGE" },
  });
});

it("finds what is due by indexes that hold keys only", () => {
  expect(table?.Properties.GlobalSecondaryIndexes).toEqual(
    dueIndexes.map((name) => ({
      IndexName: name,
      KeySchema: [
        { AttributeName: `${name}Kind`, KeyType: "HASH" },
        { AttributeName: `${name}At`, KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "KEYS_ONLY" },
    })),
  );
});

it("never deletes a secret with the stack", () => {
  for (const secret of synthesised("prod").ofType("AWS::SecretsManager::Secret")) {
    expect(secret.DeletionPolicy).toMatch(/^Retain/);
    expect(secret.UpdateReplacePolicy).toBe("Retain");
  }
});
