import { expect, it } from "vitest";
import { personFacts } from "#shared/mail/mail-facts";

it.each([
  ["the name", "Ada Admin", "Ada Admin"],
  ["the sub where there is no name", null, "user-1"],
  ["the sub where the token has an empty one", "", "user-1"],
])("a person who did something goes by %s", (_, actorName, name) => {
  expect(personFacts({ actor: "user-1", actorName, address: "203.0.113.7" })).toEqual({ name, address: "203.0.113.7" });
});
