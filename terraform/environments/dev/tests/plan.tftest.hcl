# A plan without a cloud: what it says is judged by `dev/terraform/policies`.

mock_provider "google" {
  override_during = plan
}

variables {
  project         = "latchkey-dev-1"
  project_number  = "123456789012"
  archive_project = "latchkey-archive-1"
  billing_account = "0A1B2C-3D4E5F-6A7B8C"
  monthly_budget  = 1000
  hosts           = { api = "api.dev.example", authz = "authz.dev.example", id = "id.dev.example", app = "app.dev.example" }
  alarms_to       = { operators = "operators@dev.example" }
  mail            = { host = "smtp.dev.example", port = 587, from = "latchkey@dev.example", per_day = 10000 }
  own_addresses   = ["203.0.113.8/29"]
  first_rotation  = "2027-06-01T00:00:00Z"
}

run "plan" {
  command = plan

  assert {
    condition     = output.settings.LK_ISSUER == "https://id.dev.example"
    error_message = "The issuer is the origin that signs people in."
  }
}

run "closed" {
  command = plan
  variables {
    closed    = true
    app_check = "ENFORCED"
  }

  assert {
    condition     = output.settings.LK_ENFORCE_APP_CHECK == "true"
    error_message = "The callables refuse what Google's doors refuse."
  }
}

run "logs_in_the_same_project_are_refused" {
  command = plan
  variables { archive_project = "latchkey-dev-1" }
  expect_failures = [var.archive_project]
}
