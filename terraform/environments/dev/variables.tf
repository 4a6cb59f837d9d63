variable "project" {
  description = "Id of the Google Cloud project."
  type        = string
}

variable "project_number" {
  description = "Its number."
  type        = string
}

variable "archive_project" {
  description = "Id of the project that keeps the logs."
  type        = string

  validation {
    condition     = var.archive_project != var.project
    error_message = "Whoever can empty the one must not be able to empty the other: name another project."
  }
}

variable "billing_account" {
  description = "Who pays: 000000-000000-000000."
  type        = string
}

variable "monthly_budget" {
  description = "In whole units of the billing account's currency."
  type        = number
}

variable "hosts" {
  description = "The names under which it is reached."
  type        = object({ api = string, authz = string, id = string, app = string })
}

variable "alarms_to" {
  description = "Whom alarms are mailed to: name → address."
  type        = map(string)
}

variable "mail" {
  description = "Where mails are handed in; null: no mail is sent."
  type        = object({ host = string, port = number, from = string, per_day = number })
  default     = null
}

variable "scanner_keys" {
  description = "Public keys of secret scanners: id → base64 SPKI."
  type        = map(string)
  default     = {}
}

variable "first_rotation" {
  description = "When somebody is first reminded to renew the secrets that people keep."
  type        = string
}

variable "app_check" {
  description = "ENFORCED once the console's web app is registered with App Check; until then nobody could sign in."
  type        = string
  default     = "UNENFORCED"
}

variable "own_addresses" {
  description = "Ranges from which services of ours call the load balancer, such as those of a NAT: they are not slowed down by address."
  type        = list(string)
  default     = []
}

variable "closed" {
  description = "Whether the load balancer refuses everybody: `terraform apply -var closed=true`."
  type        = bool
  default     = false
}
