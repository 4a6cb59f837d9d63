variable "project" {
  description = "Id of the Google Cloud project."
  type        = string
}

variable "region" {
  description = "Region of the functions."
  type        = string
}

variable "hosts" {
  description = "Host name → function that answers there."
  type        = map(string)

  validation {
    condition     = alltrue([for name in values(var.hosts) : contains(["api", "authz", "oauth"], name)])
    error_message = "Only `api`, `authz` and `oauth` answer from outside."
  }
}

variable "default" {
  description = "The function that answers for hosts that nobody knows; it refuses them."
  type        = string
  default     = "oauth"
}

variable "attacks" {
  description = "Preconfigured rules of Cloud Armor, at the sensitivity with the fewest false alarms."
  type        = list(string)
  default     = ["protocolattack-v33-stable", "scannerdetection-v33-stable", "cve-canary"]
}

variable "per_address" {
  description = "Requests that one address may make in so many seconds; services of ours come from few addresses, so this is no rate plan."
  type        = object({ count = number, seconds = number })
  default     = { count = 12000, seconds = 60 }
}

variable "logged_share" {
  description = "Share of requests that the load balancer logs, 0 to 1."
  type        = number
  default     = 0.01

  validation {
    condition     = var.logged_share >= 0 && var.logged_share <= 1
    error_message = "0 to 1."
  }
}

variable "closed" {
  description = "Whether everybody is refused, before any other rule is looked at."
  type        = bool
  default     = false
}
