// Values that variables refuse, by folder below `terraform/`: one at least for each `validation` block, beside the values of the folder's example.

const member = '"serviceAccount:fn-api@p.iam.gserviceaccount.com"'

export const refusedValues: Readonly<Record<string, readonly string[]>> = {
  'modules/anchors': ['retention_days = 0', 'retention_days = 36501'],
  'modules/audit-sink': [
    'project_number = "latchkey-example-1"',
    'events_topic = "events"',
    'retention_days = 364',
    'retention_days = 3651',
  ],
  'modules/budget': ['billing_account = "0a1b2c-3d4e5f"', 'monthly = 0', 'monthly = 10.5'],
  'modules/edge': [
    'doors = { api = { host = "api.example.com" } }',
    'doors = { api = { host = "api.example.com", function = "api", site = "files" } }',
    'doors = { api = { host = "api.example.com", function = "signing" } }',
    'doors = { id = { host = "id.example.com", site = "files", paths = { "/signing/*" = "signing" } } }',
    'doors = { id = { host = "id.example.com", site = "files", paths = { "/oauth*" = "oauth" } } }',
    'doors = { id = { host = "id.example.com", site = "files", paths = { "/oauth//*" = "oauth" } } }',
    'doors = { id = { host = "id.example.com", site = "files", paths = { "oauth" = "oauth" } } }',
    'own_addresses = ["0.0.0.0/0"]',
    'own_addresses = ["*"]',
    'own_addresses = ["203.0.113.8"]',
    'logged_share = 1.5',
    'logged_share = -0.1',
  ],
  'modules/firestore': [
    'location = "Iowa"',
    'backups = { daily = { keep_days = 99 } }',
    'backups = { weekly = { keep_days = 7, weekday = "SUNDAY" } }',
    'backups = { daily = { keep_days = 7 }, hourly = { keep_days = 7 } }',
  ],
  'modules/functions': [
    'functions = { api = { why = "Calls", may = ["own_project"] } }',
    'functions = { api = { why = "Calls", may = ["add_tasks"] } }',
    'functions = { api = { why = "Calls", may = ["read_data"], tasks_of = ["api"] } }',
    'functions = { Api = { why = "Calls", may = [] } }',
    'functions = { answersWhateverIsAskedOfIt = { why = "Calls", may = [] } }',
  ],
  'modules/identity': ['domains = []', 'domains = ["https://app.example.com"]', 'app_check = "OFF"'],
  'modules/kms': [
    'protection_level = "EXTERNAL"',
    'rotation_days = 91',
    'rotation_days = 0',
    'destroy_days = 6',
    'destroy_days = 121',
    `uses = { own = { api = ${member} } }`,
    `uses = { sign = { api = ${member} }, keep = { also_api = ${member} } }`,
    'uses = { look = { somebody = "user:somebody@example.com" } }',
  ],
  'modules/latchkey': [
    'project = "demo-latchkey"',
    'project = "Latchkey"',
    'location = "europe-west1"',
    'hosts = { api = "a.example.com", authz = "a.example.com", id = "i.example.com", app = "p.example.com" }',
    'app_check = "OFF"',
  ],
  'modules/monitoring': [
    'mail = {}',
    'silent = { sweeps = { says = "Silence", service = "sweepexpired", for_seconds = 60, runbook = "cloud-outage" } }',
    'silent = { sweeps = { says = "Silence", service = "sweepexpired", for_seconds = 90000, runbook = "cloud-outage" } }',
    'silent = { sweeps = { says = "Silence", service = "sweepexpired", for_seconds = 3601, runbook = "cloud-outage" } }',
  ],
  'modules/pubsub': [
    `topics = { events = { publishers = { api = ${member} }, subscribers = [] } }`,
    'topics = { events = { publishers = { all = "allUsers" }, subscribers = ["deliverWebhooks"] } }',
  ],
  'modules/secrets': [
    'project_number = "latchkey-example-1"',
    'regions = []',
    'secrets = { s = { rotation_days = 366, next_rotation = "2027-06-01T00:00:00Z" } }',
    'secrets = { s = { rotation_days = 30, next_rotation = "next June" } }',
  ],
  'environments/dev': ['archive_project = "latchkey-dev-1"'],
  'environments/prod': ['archive_project = "latchkey-prod-1"'],
}
