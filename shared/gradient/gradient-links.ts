/**
 * Pages of Gradient for people, from the API's address: the API lies below the application, at `/api`. Gradient
 * documents no address of a page within the application, so we link to its front door only.
 */
export const gradientLinks = (gradientBaseUrl: string) => ({
  application: `${gradientBaseUrl.replace(/\/api\/?$/, "")}/`,
});
