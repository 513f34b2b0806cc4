import { expect, it } from "vitest";
import { startIntegration } from "#functions/start-integration/start-integration";
import { partnerToken } from "#shared/gradient/gradient-token";
import { serviceWorld } from "#test/fakes/service-world";

const other = { partnerId: "org-2", by: { actor: "user-2", actorName: null, address: null } };
const right = partnerToken.parse("gradient-partner-token-000b");

it("a message that comes twice says nothing of an organization that another partner has connected to since", async () => {
  const world = serviceWorld();
  const { partnerId, by, token: wrong } = world;
  await world.connect();
  const { token, gradient } = await world.integration();
  world.gradient.addOrganization({ token: right, organizationName: "B" });
  // the key of another organization was pasted by mistake
  await world.register({ partnerId, text: right, by, confirmOrganizationChange: true });
  await world.work();
  expect(world.gradient.organizationOf(wrong)?.connection.status).toBe("inactive");
  await startIntegration(world.common)(other);
  await world.register({ ...other, text: wrong });
  expect(world.gradient.organizationOf(wrong)?.connection.status).toBe("pending");

  await world.clock.settle(
    world.close({
      partnerId,
      secretName: token?.secretName ?? "",
      versionId: token?.versionId ?? "",
      ...(gradient ? { integrationId: gradient.integrationId } : {}),
    }),
  );

  expect(world.gradient.organizationOf(wrong)?.connection.status).toBe("pending");
});
