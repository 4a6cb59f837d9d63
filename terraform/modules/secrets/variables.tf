variable "project" {
  description = "Id of the Google Cloud project."
  type        = string
}

variable "project_number" {
  description = "Number of the project: Secret Manager's own account carries it."
  type        = string

  validation {
    condition     = can(regex("^[0-9]+$", var.project_number))
    error_message = "A number."
  }
}

variable "regions" {
  description = "Where the values lie."
  type        = list(string)

  validation {
    condition     = length(var.regions) >= 1
    error_message = "At least one region."
  }
}

variable "secrets" {
  description = "By name: who reads the values and who adds them (name → member), and how often somebody is reminded to."
  type = map(object({
    rotation_days = number
    next_rotation = string
    read          = optional(map(string), {})
    write         = optional(map(string), {})
  }))

  validation {
    condition     = alltrue([for one in var.secrets : one.rotation_days >= 1 && one.rotation_days <= 365])
    error_message = "1 to 365 days."
  }

  validation {
    condition     = alltrue([for one in var.secrets : can(formatdate("YYYY", one.next_rotation))])
    error_message = "`next_rotation` is a moment such as 2027-01-01T00:00:00Z."
  }
}
