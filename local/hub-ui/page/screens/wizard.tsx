import { useAnswer } from "../answers.ts";

export default function Wizard() {
  const { data } = useAnswer("GET /v1/integrations/gradient", {}, { everyMs: 2000 });
  return (
    <section className="card">
      <h2>Connect Gradient</h2>
      <p>{data?.state}</p>
    </section>
  );
}
