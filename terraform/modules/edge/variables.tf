variable "project" {
  description = "Id of the Google Cloud project."
  type        = string
}

variable "region" {
  description = "Region of the functions."
  type        = string
}

variable "doors" {
  description = "By a short name: the host, and who answers there: a function, or a site of Hosting with the functions that take some of its paths (`/exact` or `/below/*`)."
  type = map(object({
    host     = string
    function = optional(string)
    site     = optional(string)
    paths    = optional(map(string), {})
  }))

  validation {
    condition     = alltrue([for door in var.doors : (door.function == null) != (door.site == null)])
    error_message = "A function or a site answers at a host, and not both."
  }

  validation {
    condition     = alltrue(flatten([for door in var.doors : [for name in concat(door.function == null ? [] : [door.function], values(door.paths)) : contains(["api", "authz", "oauth"], name)]]))
    error_message = "Only `api`, `authz` and `oauth` answer from outside."
  }

  validation {
    condition     = alltrue(flatten([for door in var.doors : [for path in keys(door.paths) : can(regex("^/[A-Za-z0-9._/-]*(/\\*)?$", path)) && !strcontains(path, "//")]]))
    error_message = "A path, with a star at its end after a slash, or none."
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
  description = "Requests that one address may make in so many seconds, unless it is one of `own_addresses`. No rate plan: many callers may share an address."
  type        = object({ count = number, seconds = number })
  default     = { count = 12000, seconds = 60 }
}

variable "own_addresses" {
  description = "Ranges from which services of ours call, such as those of a NAT: `per_address` does not count for them. At most ten."
  type        = list(string)
  default     = []

  validation {
    condition     = length(var.own_addresses) <= 10 && alltrue([for range in var.own_addresses : can(cidrhost(range, 0)) && try(tonumber(split("/", range)[1]), 0) >= 16])
    error_message = "At most ten ranges such as 203.0.113.8/29, none wider than /16: whoever is in one is slowed down by nobody."
  }
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
