# The environment `prod`.

terraform {
  required_version = ">= 1.9"
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 6.50, < 8"
    }
  }
  backend "gcs" {
    prefix = "latchkey/prod"
  }
}

provider "google" {
  project               = var.project
  region                = "us-central1"
  billing_project       = var.project
  user_project_override = true
}

module "latchkey" {
  source           = "../../modules/latchkey"
  project          = var.project
  project_number   = var.project_number
  archive_project  = var.archive_project
  billing_account  = var.billing_account
  monthly_budget   = var.monthly_budget
  hosts            = var.hosts
  alarms_to        = var.alarms_to
  mail             = var.mail
  scanner_keys     = var.scanner_keys
  first_rotation   = var.first_rotation
  app_check        = var.app_check
  closed           = var.closed
  own_addresses    = var.own_addresses
  protection_level = "HSM"
  lock_audit       = true
}
