variable "project" {
  description = "Id of the Google Cloud project."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project)) && !startswith(var.project, "demo-")
    error_message = "A project id; `demo-` ids are for emulators alone."
  }
}

variable "project_number" {
  description = "Its number."
  type        = string
}

variable "archive_project" {
  description = "Id of the project that keeps the logs: another one, with other people."
  type        = string
}

variable "billing_account" {
  description = "Who pays: 000000-000000-000000."
  type        = string
}

variable "monthly_budget" {
  description = "In whole units of the billing account's currency."
  type        = number
}

variable "location" {
  description = "Region of the functions, the database, keys and secrets."
  type        = string
  default     = "us-central1"

  validation {
    condition     = var.location == "us-central1"
    error_message = "The functions are deployed to us-central1 (functions/src/guard/doors/resources-of.ts): change both."
  }
}

variable "hosts" {
  description = "The names under which it is reached: `api`, `authz`, `id` (the issuer) and `app` (the console)."
  type        = object({ api = string, authz = string, id = string, app = string })

  validation {
    condition     = length(distinct(values(var.hosts))) == 4
    error_message = "Four different names: consents and the console must not share an origin."
  }
}

variable "alarms_to" {
  description = "Whom alarms are mailed to: name → address."
  type        = map(string)
}

variable "mail" {
  description = "Where mails are handed in, from which mailbox, and how many a day; null: no mail is sent."
  type        = object({ host = string, port = number, from = string, per_day = number })
  default     = null
}

variable "scanner_keys" {
  description = "Public keys of secret scanners whose reports are believed: id → base64 SPKI."
  type        = map(string)
  default     = {}
}

variable "backups" {
  description = "Backup schedules; see the module `firestore`."
  type = map(object({
    keep_days = number
    weekday   = optional(string)
  }))
  default = {
    daily  = { keep_days = 7 }
    weekly = { keep_days = 98, weekday = "SUNDAY" }
  }
}

variable "protection_level" {
  description = "Of the keys: HSM wherever the log must be believed."
  type        = string
}

variable "lock_audit" {
  description = "Whether the retention of the audit log can never be shortened again. Cannot be undone."
  type        = bool
}

variable "audit_days" {
  description = "How long the audit log is kept outside the database."
  type        = number
  default     = 2557
}

variable "first_rotation" {
  description = "When somebody is first reminded to renew the secrets that people keep: 2027-06-01T00:00:00Z."
  type        = string
}

variable "app_check" {
  description = "Whether requests without App Check are refused, by Google's doors and by the callables alike. UNENFORCED until the console's web app is registered with App Check."
  type        = string
  default     = "UNENFORCED"

  validation {
    condition     = contains(["UNENFORCED", "ENFORCED"], var.app_check)
    error_message = "UNENFORCED or ENFORCED."
  }
}

variable "own_addresses" {
  description = "Ranges from which services of ours call the load balancer, such as those of a NAT: they are not slowed down by address."
  type        = list(string)
  default     = []
}

variable "closed" {
  description = "Whether the load balancer refuses everybody: while a backup is restored."
  type        = bool
  default     = false
}
