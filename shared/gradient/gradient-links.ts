/** Pages of Gradient for people, from the API's address: the API lies below the application, at `/api`. */
export const gradientLinks = (gradientBaseUrl: string) => {
  const app = gradientBaseUrl.replace(/\/api\/?$/, "");
  return {
    application: `${app}/`,
    integrations: `${app}/integrations`,
    mapping: `${app}/mapping`,
    approvals: `${app}/reconcile`,
  };
};
