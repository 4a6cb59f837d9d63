# Who signs in and from which pages: Identity Platform, App Check for the callables, and a web key that opens nothing else.

resource "google_identity_platform_config" "this" {
  project                    = var.project
  authorized_domains         = var.domains
  autodelete_anonymous_users = true

  sign_in {
    allow_duplicate_emails = false

    email {
      enabled           = true
      password_required = true
    }

    anonymous {
      enabled = false
    }
  }

  mfa {
    state             = "ENABLED"
    enabled_providers = []

    provider_configs {
      state = "ENABLED"
      totp_provider_config {
        adjacent_intervals = 1
      }
    }
  }

  monitoring {
    request_logging {
      enabled = true
    }
  }

  client {
    permissions {
      disabled_user_signup   = var.closed
      disabled_user_deletion = true
    }
  }
}

resource "google_firebase_app_check_service_config" "this" {
  for_each         = toset(["identitytoolkit.googleapis.com", "firestore.googleapis.com"])
  project          = var.project
  service_id       = each.key
  enforcement_mode = var.app_check
}

resource "google_apikeys_key" "web" {
  project      = var.project
  name         = "latchkey-web"
  display_name = "Browser key of the console and the sign-in pages"

  restrictions {
    api_targets {
      service = "identitytoolkit.googleapis.com"
    }
    api_targets {
      service = "securetoken.googleapis.com"
    }
    api_targets {
      service = "firestore.googleapis.com"
    }
    api_targets {
      service = "firebaseappcheck.googleapis.com"
    }
    browser_key_restrictions {
      allowed_referrers = [for domain in var.domains : "https://${domain}/*"]
    }
  }
}
