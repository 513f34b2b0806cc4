/** Somebody whom the hub's page offers to sign in as. The claims are those of the hub's identity provider. */
export interface SamplePerson {
  org_id: string;
  sub: string;
  role: "owner" | "full_admin" | "billing_admin" | "product_admin";
  name: string;
  email: string;
}

const peopleOf = (org_id: string, domain: string, names: Record<SamplePerson["role"], string>): SamplePerson[] =>
  (["owner", "full_admin", "billing_admin", "product_admin"] as const).map((role) => ({
    org_id,
    sub: `${org_id}-${role}`,
    role,
    name: names[role],
    email: `${names[role].toLowerCase().replaceAll(" ", ".")}@${domain}`,
  }));

/** One person of each role at the sample's partner. */
export const samplePeople: readonly SamplePerson[] = peopleOf("org-1001", "harbourline.example", {
  owner: "Marta Keller",
  full_admin: "Jana Novak",
  billing_admin: "Ben Archer",
  product_admin: "Priya Nair",
});
