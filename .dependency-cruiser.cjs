// The import law: floors see only the floors below them, rooms do not visit each other, and each dependency has one door.
const test = '[.]test[.]ts$'
const coreRoom = '^core/src/([^/]+)/'
const room = '^functions/src/rooms/([^/]+)/'
const cloud = 'node_modules/(firebase-admin|@google-cloud)/'

/** The floors on which everything is put together, and any that are named. */
const above = (...floors) => `^functions/src/(${[...floors, 'app', 'groups', 'deployment', 'index'].join('|')})[/.-]`

/** From a place, tests excepted, to another one that it may not see. */
const never = (name, from, to, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { pathNot: test, ...from },
  to,
})

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'everything-resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },

    never('kernel-is-bedrock', { path: '^core/src/kernel/' }, { path: '^core/src/', pathNot: '^core/src/kernel/' }),
    never(
      'catalogue-stands-on-kernel',
      { path: '^core/src/catalogue/' },
      { path: '^core/src/', pathNot: '^core/src/(kernel|catalogue)/' },
    ),
    never(
      'access-stands-on-catalogue',
      { path: '^core/src/access/' },
      { path: '^core/src/', pathNot: '^core/src/(kernel|catalogue|access)/' },
    ),
    never(
      'core-rooms-meet-in-contracts',
      { path: coreRoom, pathNot: [test, '^core/src/(kernel|catalogue|access)/'] },
      { path: '^core/src/', pathNot: ['^core/src/(kernel|catalogue|access|$1)/', '^core/src/[^/]+/contract[.]ts$'] },
    ),
    never(
      'core-is-the-ground-floor',
      { path: '^core/', pathNot: '^$' },
      { path: '^(functions|sdk|emulators|emulator-tests|dev)/' },
    ),
    never('core-does-no-io', { path: '^core/src/' }, { dependencyTypes: ['core'] }),
    never(
      'core-uses-two-libraries',
      { path: '^core/src/' },
      { path: 'node_modules/', pathNot: 'node_modules/(zod|@marcbachmann/cel-js)/' },
    ),

    never('platform-stands-on-core', { path: '^functions/src/platform/' }, { path: above('guard', 'rooms') }),
    never('guard-stands-on-platform', { path: '^functions/src/guard/' }, { path: above('rooms') }),
    never('rooms-stand-on-guard', { path: '^functions/src/rooms/' }, { path: above() }),
    never('rooms-do-not-visit', { path: room }, { path: '^functions/src/rooms/', pathNot: '^functions/src/rooms/$1/' }),
    never(
      'app-knows-no-group',
      { path: '^functions/src/app[/.-]' },
      { path: '^functions/src/(groups|deployment|index)[/.]' },
    ),
    never(
      'groups-know-no-deployment',
      { path: '^functions/src/groups/' },
      { path: '^functions/src/(deployment|index)[.]ts$' },
    ),
    {
      name: 'nobody-imports-index',
      severity: 'error',
      from: { pathNot: '^(dev|emulator-tests)/' },
      to: { path: '^functions/src/index[.]ts$' },
    },
    never(
      'every-file-has-a-floor',
      {
        path: '^functions/src/',
        pathNot: [test, '^functions/src/(platform/|guard/|rooms/[^/]+/|app[/.-]|groups/|deployment[.]ts$|index[.]ts$)'],
      },
      {},
      'Put it in platform/, guard/, rooms/<room>/, app or groups/.',
    ),
    never(
      'only-guard-makes-functions',
      { path: '^(core|functions|sdk|emulators)/', pathNot: [test, '^functions/src/guard/'] },
      { path: 'node_modules/firebase-functions/' },
    ),
    never(
      'only-platform-imports-cloud-sdks',
      { path: '^(core|functions|sdk)/', pathNot: [test, '^functions/src/platform/'] },
      { path: cloud },
    ),

    never('sdk-stands-on-core', { path: '^sdk/' }, { path: '^(functions|emulators|emulator-tests|dev)/' }),
    never(
      'emulators-know-nothing-of-us',
      { path: '^emulators/', pathNot: '^$' },
      { path: '^(core|functions|sdk|emulator-tests|dev)/' },
    ),
    never(
      'what-ships-does-not-need-the-workshop',
      { path: '^functions/src/' },
      { path: '^(sdk|emulators|emulator-tests|dev)/' },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^functions/lib/|^dev/stubs/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
}
