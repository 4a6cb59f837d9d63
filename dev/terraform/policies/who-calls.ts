// Who may call functions that nobody calls by hand: events and tasks come with a token of an account, which must be let in.
import { givenTo, type Judged, ofType, type Policy, textIn } from './plan.ts'

const holds = (judged: Judged, account: string, role: string): boolean =>
  ofType(judged, 'google_project_iam_member').some(
    (grant) => textIn(grant, 'role') === role && givenTo(grant).some((member) => member.includes(`:${account}`)),
  )

/** The firebase CLI makes the trigger with the function's own account, and lets in none but the default one. */
export const eventsArrive: Policy = (judged) =>
  Object.entries(judged.endpoints).flatMap(([name, { eventTrigger, serviceAccountEmail }]) =>
    eventTrigger === undefined
      ? []
      : ['roles/eventarc.eventReceiver', 'roles/run.invoker'].flatMap((role) =>
          holds(judged, String(serviceAccountEmail), role) ? [] : [`${name} hears no event without ${role}`],
        ),
  )

/** A task carries a token of the queue's account: whoever adds it has it made, and the account calls the queue's function. */
export const tasksArrive: Policy = (judged) => {
  const queues = Object.entries(judged.endpoints).filter(([, { taskQueueTrigger }]) => taskQueueTrigger !== undefined)
  const enqueuers = ofType(judged, 'google_project_iam_member')
    .filter((grant) => textIn(grant, 'role') === 'roles/cloudtasks.enqueuer')
    .flatMap(givenTo)
  const mayActAs = new Set(
    ofType(judged, 'google_service_account_iam_member')
      .filter((grant) => textIn(grant, 'role') === 'roles/iam.serviceAccountUser')
      .flatMap((grant) => givenTo(grant).map((member) => `${member} ${textIn(grant, 'service_account_id')}`)),
  )
  return queues.flatMap(([name, { serviceAccountEmail }]) => {
    const account = String(serviceAccountEmail)
    const actors = [...mayActAs].filter((one) => one.includes(`/serviceAccounts/${account}`))
    return [
      ...(holds(judged, account, 'roles/run.invoker') ? [] : [`${name} is called by tasks that it does not let in`]),
      ...(enqueuers.length > 0 ? [] : [`nobody adds tasks for ${name}`]),
      ...enqueuers.flatMap((member) =>
        actors.some((one) => one.startsWith(`${member} `)) ? [] : [`${member} cannot add tasks as ${account}`],
      ),
    ]
  })
}
