// What `npm start` prints once everything answers: where to go and what to try.
import type { Stack } from '../stack/start-stack.ts'
import { readDemo } from './demo.ts'

export function welcome(stack: Stack, seconds: string): string {
  const { endpoints, state } = stack
  const demo = readDemo(stack)
  const logins = demo.logins.map(({ who, email, password }) => `  ${who.padEnd(22)} ${email.padEnd(34)} ${password}`)
  return [
    '',
    `Latchkey is ready (${seconds}).`,
    '',
    `  Console            ${endpoints.app}`,
    `  Identity origin    ${endpoints.id}`,
    `  Functions          ${endpoints.functions}`,
    `  Caught mails       ${endpoints.mails}`,
    `  Every address      ${state.endpoints}`,
    `  Logs               ${state.logs}`,
    '',
    ...(logins.length > 0 ? ['Demo logins', ...logins, ''] : []),
    'Try',
    `  ${demo.curl}`,
    '',
    'Ctrl-C stops everything and keeps the state.',
  ].join('\n')
}
