# Wrong in three ways, so that a test can see each of them found.

terraform {
  required_providers {
    google = {
      source = "hashicorp/google"
    }
  }
}

resource "google_pubsub_topic" "misspelt" {
  name  = "events"
  labls = {}
}

resource "google_kms_key_ring" "incomplete" {
  name = "latchkey"
}

resource "google_kms_crypto_key" "mistyped" {
  name                          = ["seal"]
  key_ring                      = "ring"
  skip_initial_version_creation = true
}
