export const Sandbox = () => (
  <main className="page" id="main">
    <h1>Gradient sandbox</h1>
  </main>
);
