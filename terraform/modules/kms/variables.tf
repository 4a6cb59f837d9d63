variable "project" {
  description = "Id of the Google Cloud project."
  type        = string
}

variable "location" {
  description = "Region of the key ring, for good."
  type        = string
}

variable "protection_level" {
  description = "Where the keys live."
  type        = string

  validation {
    condition     = contains(["SOFTWARE", "HSM"], var.protection_level)
    error_message = "SOFTWARE or HSM."
  }
}

variable "rotation_days" {
  description = "How often `envelope` and `webhooks` get a new version; older ones still open what they wrapped."
  type        = number
  default     = 90

  validation {
    condition     = var.rotation_days >= 1 && var.rotation_days <= 90
    error_message = "At most 90 days (CIS 1.10)."
  }
}

variable "destroy_days" {
  description = "How long a destroyed version can still be brought back."
  type        = number
  default     = 30

  validation {
    condition     = var.destroy_days >= 7 && var.destroy_days <= 120
    error_message = "7 to 120 days."
  }
}

variable "uses" {
  description = "Who may do what: use → name → member. `wrap_keys` and `open_keys` with `envelope`; `wrap_webhooks` and `open_webhooks` with `webhooks`; `sign`, `publish` (read the public key), `keep` (make and destroy versions) and `look` with `seal`."
  type        = map(map(string))

  validation {
    condition     = alltrue([for use in keys(var.uses) : contains(["wrap_keys", "open_keys", "wrap_webhooks", "open_webhooks", "sign", "publish", "keep", "look"], use)])
    error_message = "Uses are wrap_keys, open_keys, wrap_webhooks, open_webhooks, sign, publish, keep and look."
  }

  validation {
    condition     = length(setintersection(values(lookup(var.uses, "sign", {})), values(lookup(var.uses, "keep", {})))) == 0
    error_message = "Whoever makes versions of `seal` must not sign with it (CIS 1.11)."
  }

  validation {
    condition     = alltrue([for member in flatten([for members in var.uses : values(members)]) : startswith(member, "serviceAccount:")])
    error_message = "Only service accounts use keys (CIS 1.9)."
  }
}
