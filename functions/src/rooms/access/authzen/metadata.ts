// `GET /.well-known/authzen-configuration`: where AuthZEN's endpoints are, by our own configuration, whatever host was asked.

/** AuthZEN 1.0 §9. */
export const authzenConfiguration = (origin: string) => ({
  policy_decision_point: origin,
  access_evaluation_endpoint: `${origin}/access/v1/evaluation`,
  access_evaluations_endpoint: `${origin}/access/v1/evaluations`,
  search_subject_endpoint: `${origin}/access/v1/search/subject`,
  search_resource_endpoint: `${origin}/access/v1/search/resource`,
  search_action_endpoint: `${origin}/access/v1/search/action`,
})
