// Which policies an example of a module keeps by itself: those that look at its own resources alone. By the start of a policy's name.

const keys = ['C-151 CIS 1.10', 'C-151 CIS 1.11']
const buckets = ['CIS 5.1']
const events = ['C-156 committed', 'C-156 CIS 7.1', 'C-156 events stay', 'C-156 rows end', 'F-21 what cannot']
const secrets = ['CIS 1.18', 'F-21 what cannot']
const alarms = ['C-012 every alarm names', 'C-012 what wakes']

/** What any module keeps. */
export const keptByAll = ['C-151 CIS 1.9', 'C-153 I-88 nobody', 'C-152 no secret']

export const keptBy: Readonly<Record<string, readonly string[]>> = {
  'modules/anchors': [...buckets, 'C-156 CIS 2.3'],
  'modules/audit-sink': [...events, 'C-156 CIS 2.1', 'C-156 CIS 2.3'],
  'modules/budget': [],
  'modules/edge': ['CIS 3.9', 'C-159 every host'],
  'modules/firestore': ['F-38 the database'],
  'modules/functions': [],
  'modules/identity': ['C-158 CIS 1.13'],
  'modules/kms': [...keys, 'C-156 CIS 2.3'],
  'modules/latchkey': [
    ...[...keys, ...buckets, ...events, ...secrets, ...alarms],
    ...['C-156 CIS 2.1', 'C-156 CIS 2.3', 'CIS 3.9', 'F-38 the database', 'C-158 CIS 1.13'],
    ...['C-151 each account opens', 'C-151 verification'],
  ],
  'modules/monitoring': alarms,
  'modules/pubsub': [],
  'modules/secrets': secrets,
  'modules/services': [],
}
