/** Somebody whom the hub's page offers to sign in as. The claims are those of the hub's identity provider. */
export interface SamplePerson {
  org_id: string;
  /** The name of the organization, which no claim carries. */
  organization: string;
  sub: string;
  role: "owner" | "full_admin" | "billing_admin" | "product_admin";
  name: string;
  email: string;
}

interface Company {
  org_id: string;
  organization: string;
  domain: string;
  names: Record<SamplePerson["role"], string>;
}

const peopleOf = ({ org_id, organization, domain, names }: Company): SamplePerson[] =>
  (["owner", "full_admin", "billing_admin", "product_admin"] as const).map((role) => ({
    org_id,
    organization,
    sub: `${org_id}-${role}`,
    role,
    name: names[role],
    email: `${names[role].toLowerCase().replaceAll(" ", ".")}@${domain}`,
  }));

/** One person of each role at each of the two sample partners; the second has connected already. */
export const samplePeople: readonly SamplePerson[] = [
  ...peopleOf({
    org_id: "org-1001",
    organization: "Harbourline IT Services",
    domain: "harbourline.example",
    names: {
      owner: "Marta Keller",
      full_admin: "Jana Novak",
      billing_admin: "Ben Archer",
      product_admin: "Priya Nair",
    },
  }),
  ...peopleOf({
    org_id: "org-2001",
    organization: "Fernhill Managed IT",
    domain: "fernhill.example",
    names: {
      owner: "Aoife Brennan",
      full_admin: "Luis Ortega",
      billing_admin: "Hanna Lind",
      product_admin: "Tomas Varga",
    },
  }),
];
