# The table of hosts: who answers where. `firebase.json` says the same of the two origins beside emulators, and a test compares them.

locals {
  doors = {
    api   = { host = var.hosts.api, function = "api" }
    authz = { host = var.hosts.authz, function = "authz" }

    # The issuer: sign-in pages from Hosting, everything that is asked of it from `oauth`.
    id = {
      host = var.hosts.id
      site = "${var.project}-id"
      paths = {
        "/.well-known/*" = "oauth"
        "/oauth/*"       = "oauth"
      }
    }

    # The console: its files from Hosting, and the API, so that its pages need no other origin.
    app = {
      host = var.hosts.app
      site = var.project
      paths = {
        "/healthz"                           = "api"
        "/v1/health"                         = "api"
        "/v1/ops/*"                          = "api"
        "/v1/audit/*"                        = "api"
        "/v1/leaks"                          = "api"
        "/v1/credentials/exchange"           = "api"
        "/v1/*"                              = "authz"
        "/access/*"                          = "authz"
        "/.well-known/authzen-configuration" = "authz"
      }
    }
  }
}
